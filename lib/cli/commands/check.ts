import { InvalidArgumentError } from 'commander';
import type { CheckContext, Finding } from '../../checks';
import type { Problem } from '../../errors/problem';
import type { Output } from '../print/output';
import type { CommandModule } from '../shared/command';
import { openSources, registryOptions, type SourceFlags } from '../shared/open-sources';
import { duration, outputOption } from '../shared/options';
import { runCommand } from '../shared/run';

/** `serving check`. */
export const check: CommandModule = {
  examples: [
    ['serving check dist/prod/fraud-model', 'a rendered stack'],
    ['serving check dist/prod -R --strict', 'fail on warnings too'],
    ['serving check dist/prod/fraud-model --external redis-prod-svc', 'a host that others run'],
  ],
  register: (program) =>
    registryOptions(program.command('check'))
      .description('find errors in manifests from any tool')
      .argument('<path...>', 'directories, files, oci:// artifacts')
      .option('--kubernetes-version <version>', 'oldest version that has to accept them (default: 1.30)', kubernetesVersion)
      .option('--external <name...>', 'hosts and objects that others install: redis-svc, ConfigMap/flags')
      .option('--timeout <time>', 'time that a release may take, to check the rollouts against', duration)
      .option('-R, --recursive', 'read subdirectories too')
      .option('--strict', 'fail on warnings too')
      .option('-n, --namespace <name>', 'namespace of objects that name none')
      .option('--one-cluster', 'check directories of several environments, such as staging/ and prod/, as one cluster')
      .addOption(outputOption('text', 'json', 'ndjson'))
      .action((paths: readonly string[], flags: CheckFlags) => runCommand(() => checkCommand(paths, flags))),
};

/** Flags of `serving check`. */
interface CheckFlags extends SourceFlags {
  readonly kubernetesVersion?: `1.${number}`;
  readonly external?: readonly string[];
  /** In milliseconds. */
  readonly timeout?: number;
  readonly strict?: boolean;
  readonly namespace?: string;
  readonly oneCluster?: boolean;
  readonly recursive?: boolean;
  readonly output?: Output;
}

/** Exit code 1 on errors, with `--strict` also on warnings. */
async function checkCommand(paths: readonly string[], flags: CheckFlags, today = new Date()): Promise<number> {
  const { printFindings } = require('../print/check') as typeof import('../print/check');
  const { painter } = require('../print/style') as typeof import('../print/style');
  const { byEnvironment, readManifests, runChecks } = require('../../checks/index') as typeof import('../../checks');
  const { objects, files, problems, warnings } = await readManifests(paths, {
    ...flags,
    sources: await openSources(paths, flags),
  });
  const context: CheckContext = {
    today: today.toISOString().slice(0, 10),
    external: flags.external ?? [],
    ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
    ...(flags.kubernetesVersion === undefined ? {} : { kubernetesVersion: flags.kubernetesVersion }),
    ...(flags.timeout === undefined ? {} : { releaseTimeout: flags.timeout / 1000 }),
  };
  const clusters = flags.oneCluster === true ? [objects] : byEnvironment(files);
  const found = clusters.flatMap((group) => runChecks(group, context));
  const findings: readonly (Problem & Partial<Finding>)[] = [
    ...problems,
    ...warnings.map((one) => ({ ...one, severity: 'warning' as const })),
    ...(clusters.length > 1 ? once(found) : found),
  ];
  process.stdout.write(printFindings(findings, files, objects.length, flags.output ?? 'text', painter(process.stdout)));
  const failing = findings.filter(({ severity = 'error' }) => severity === 'error' || flags.strict === true);
  return failing.length === 0 ? 0 : 1;
}

/** Objects shared by several environments are checked with each of them, but reported once. */
function once(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Map<object, Set<string>>();
  return findings.filter(({ object, rule, path = '', message, got }) => {
    const known = seen.get(object) ?? new Set<string>();
    seen.set(object, known);
    const size = known.size;
    return known.add(JSON.stringify([rule, path, message, got])).size > size;
  });
}

function kubernetesVersion(text: string): `1.${number}` {
  if (/^1\.\d+$/.test(text)) return text as `1.${number}`;
  throw new InvalidArgumentError('expected a version such as 1.30.');
}
