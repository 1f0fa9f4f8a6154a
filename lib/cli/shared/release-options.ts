import type { Command } from 'commander';
import type { Output, TableOutput } from '../print/output';
import { registryOptions, type SourceFlags } from './open-sources';
import { choiceOption, duration, outputOption, requestRate, whole } from './options';
import type { Cluster } from './with-cluster';

/** Flags of commands that connect to a cluster, as parsed by commander. Durations are in milliseconds. */
export interface Flags extends SourceFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly qps?: number;
  readonly release?: string;
  readonly output: TableOutput | 'markdown' | 'html';
  readonly outputFile?: string;
  readonly timeout?: number;
  readonly lockTimeout?: number;
  readonly onFailure?: 'rollback' | 'keep';
  readonly createNamespace?: boolean;
  readonly allowReplace?: boolean;
  readonly adopt?: boolean;
  readonly pruneData?: boolean;
  readonly recursive?: boolean;
  readonly ignoreCapacity?: boolean;
  readonly ignoreMissing?: boolean;
  readonly forceConflicts?: readonly string[];
  readonly ignoreConflicts?: readonly string[];
  readonly historyLimit?: number;
  readonly recover?: boolean;
  readonly skipCanary?: boolean;
  readonly prometheusUrl?: string;
  readonly prometheusTokenFile?: string;
  readonly prometheusCert?: string;
  readonly prometheusKey?: string;
  readonly prometheusCa?: string;
}

/** Creates a command that connects to a cluster, with the common flags. */
export function clusterCommand(program: Command, usage: string, description: string, ...formats: readonly string[]): Command {
  return program
    .command(usage)
    .description(description)
    .option('--kubeconfig <file>', 'kubeconfig to use (default: as kubectl)')
    .option('--context <name>', 'context of the kubeconfig')
    .option('-n, --namespace <name>', 'namespace of the release')
    .option('--qps <number>', 'most requests per second to the API server, at least 5 (default: no limit)', requestRate)
    .addOption(outputOption('text', ...formats, 'json', 'ndjson'));
}

/** Adds the flags of commands that plan changes. */
export function planOptions(command: Command): Command {
  return registryOptions(command)
    .option('-R, --recursive', 'read subdirectories too')
    .option('--release <name>', 'name of the release (default: the label of the manifests)')
    .option('--allow-replace', 'delete and recreate objects whose changed fields are immutable')
    .option('--adopt', 'take over existing objects of no release or of another tool')
    .option('--prune-data', 'delete claims, volumes, namespaces and definitions that left the manifests')
    .option('--force-conflicts <field...>', 'fields to take from other managers, as the conflict names them; * for all')
    .option('--ignore-conflicts <field...>', 'fields to leave to other managers')
    .option('--ignore-capacity', 'skip the node capacity check')
    .option('--ignore-missing', 'skip the check of Secrets, claims and classes that objects refer to')
    .option('--skip-canary', 'replace pods at once, whatever strategy the manifests have');
}

/** Adds the flags of commands that create a revision. */
export function releaseOptions(command: Command): Command {
  return lockOption(
    command
      .addOption(
        choiceOption('--on-failure <what>', 'what to do with a failed release', ['rollback', 'keep']).default('rollback'),
      )
      .option('--timeout <duration>', 'maximum time of the rollout, such as 10m', duration),
  )
    .option('--history-limit <count>', 'how many revisions to keep', whole)
    .option(...RECOVER);
}

/** Adds the flags for access to canary measurements. */
export function prometheusOptions(command: Command): Command {
  return command
    .option('--prometheus-url <url>', 'Prometheus for canaries, as this machine reaches it (default: through the API server)')
    .option('--prometheus-token-file <file>', 'file with a bearer token for --prometheus-url')
    .option('--prometheus-cert <file>', 'client certificate for --prometheus-url, as PEM')
    .option('--prometheus-key <file>', 'key of the client certificate, as PEM')
    .option('--prometheus-ca <file>', 'authorities that may sign the certificate of --prometheus-url, as PEM');
}

/** Consent to recovery steps that only the record of an interrupted release requires. */
export const RECOVER = ['--recover', 'accept recovery of roles and of objects outside the namespace'] as const;

/** Adds the flag for the lock timeout. */
export function lockOption(command: Command): Command {
  return command.option('--lock-timeout <duration>', 'maximum time to wait for another release', duration);
}

/** Policy for field conflicts and existing objects. */
export function policyOf({ allowReplace, adopt, pruneData, forceConflicts, ignoreConflicts }: Flags) {
  return defined({ allowReplace, adopt, pruneData, force: forceConflicts, ignore: ignoreConflicts });
}

/** Options for the engine. */
export function engineOptions(flags: Flags, { signal, fallbackNamespace, sandbox }: Cluster) {
  const { release, namespace, recursive, onFailure, createNamespace, ignoreCapacity, historyLimit, recover } = flags;
  const ignoreMissing = flags.ignoreMissing ?? (sandbox ? true : undefined);
  const { timeout, lockTimeout, skipCanary } = flags;
  const given = {
    release,
    namespace,
    recursive,
    onFailure,
    createNamespace,
    ignoreCapacity,
    ignoreMissing,
    historyLimit,
    recover,
    skipCanary,
    allowUnsigned: sandbox ? true : undefined,
  };
  return { ...policyOf(flags), ...defined({ ...given, timeoutMs: timeout, waitMs: lockTimeout }), signal, fallbackNamespace };
}

/** Output format of a command without Markdown and HTML. */
export function outputOf(flags: Flags): Output {
  const output = tableOutputOf(flags);
  return output === 'wide' ? 'text' : output;
}

/** Output format of a command that prints a table. */
export function tableOutputOf({ output }: Flags): TableOutput {
  return output === 'markdown' || output === 'html' ? 'text' : output;
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Fields that are defined. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
