import { writeFileSync } from 'node:fs';
import type { ReleaseEvent, ReleaseResult } from '../release';
import {
  apply,
  applySaved,
  EXIT_CODES,
  history,
  list,
  manifest,
  plan,
  planFileOf,
  rollback,
  saved,
  status,
  uninstall,
} from '../release';
import { printHistory } from './print/history';
import { printList } from './print/list';
import { printPlan } from './print/plan';
import { releasePrinter } from './print/release';
import { printStatus } from './print/status';
import type { Flags } from './release-flags';
import type { Cluster } from './with-cluster';

export { withCluster } from './with-cluster';

/** What the cluster commands do: each gets what it was given (a path or a release's name) and returns an exit code. */
export const ACTIONS = {
  async plan(cluster: Cluster, flags: Flags, path: string): Promise<number> {
    const proposal = await plan(cluster.engine, path, optionsOf(flags, cluster));
    cluster.print(printPlan(proposal, flags.output));
    if (proposal.problems.length > 0) return 3;
    if (flags.save !== undefined) {
      writeFileSync(flags.save, `${JSON.stringify(saved(proposal.plan, proposal.desired, policyOf(flags)))}\n`);
    }
    return flags.exitCode === true && proposal.plan.objects.some(({ action }) => action !== 'unchanged') ? 2 : 0;
  },

  async apply(cluster: Cluster, flags: Flags, path: string): Promise<number> {
    const { engine } = cluster;
    const file = path.endsWith('.json') ? planFileOf(engine.host.read(path)) : undefined;
    const options = optionsOf(flags, cluster);
    return follow(flags, cluster, file ? applySaved(engine, file, options) : apply(engine, path, options));
  },

  async rollback(cluster: Cluster, flags: Flags, release: string): Promise<number> {
    const options = { ...optionsOf(flags, cluster), ...(flags.to === undefined ? {} : { to: flags.to }) };
    return follow(flags, cluster, rollback(cluster.engine, nameOf(cluster, release), options));
  },

  async uninstall(cluster: Cluster, flags: Flags, release: string): Promise<number> {
    const name = nameOf(cluster, release);
    if (flags.yes !== true && !(await agreed(`Delete everything of ${release} in ${name.namespace}?`))) return 1;
    return follow(flags, cluster, uninstall(cluster.engine, name, optionsOf(flags, cluster)));
  },

  async history(cluster: Cluster, flags: Flags, release: string): Promise<number> {
    cluster.print(printHistory(await history(cluster.engine, nameOf(cluster, release)), flags.output));
    return 0;
  },

  async status(cluster: Cluster, flags: Flags, release: string): Promise<number> {
    cluster.print(printStatus(await status(cluster.engine, nameOf(cluster, release)), flags.output));
    return 0;
  },

  async list(cluster: Cluster, flags: Flags): Promise<number> {
    const namespace = flags.allNamespaces === true ? undefined : cluster.namespace;
    cluster.print(printList(await list(cluster.engine, namespace), flags.output));
    return 0;
  },

  async manifest(cluster: Cluster, flags: Flags, release: string): Promise<number> {
    const objects = await manifest(cluster.engine, nameOf(cluster, release), flags.revision);
    const { stringify } = await import('yaml');
    cluster.print(
      flags.output === 'text' ? objects.map((object) => `---\n${stringify(object)}`).join('') : JSON.stringify(objects),
    );
    return 0;
  },
};

function nameOf({ namespace }: Cluster, release: string) {
  return { release, namespace };
}

function optionsOf(flags: Flags, { signal, fallbackNamespace }: Cluster) {
  return {
    ...policyOf(flags),
    ...pick(flags, ['release', 'namespace', 'onFailure', 'createNamespace', 'ignoreCapacity', 'historyLimit']),
    ...renamed(flags),
    signal,
    fallbackNamespace,
  };
}

function policyOf(flags: Flags) {
  return pick(flags, ['allowReplace', 'adopt', 'take', 'yield']);
}

function renamed({ timeout, lockWait }: Flags) {
  return { ...(timeout === undefined ? {} : { timeoutMs: timeout }), ...(lockWait === undefined ? {} : { waitMs: lockWait }) };
}

/** Some fields, without those that were not given. */
function pick<Key extends keyof Flags>(
  flags: Flags,
  keys: readonly Key[],
): { readonly [K in Key]?: Exclude<Flags[K], undefined> } {
  const given: { [K in Key]?: Exclude<Flags[K], undefined> } = {};
  for (const key of keys) {
    const value = flags[key];
    if (value !== undefined) given[key] = value as Exclude<Flags[Key], undefined>;
  }
  return given;
}

async function follow(
  flags: Flags,
  cluster: Cluster,
  progress: AsyncGenerator<ReleaseEvent, ReleaseResult, void>,
): Promise<number> {
  const printer = releasePrinter(flags.output);
  for (let step = await progress.next(); ; step = await progress.next()) {
    const text = step.done === true ? printer.result(step.value) : printer.event(step.value);
    if (text !== '') cluster.print(text);
    if (step.done === true) return EXIT_CODES[step.value.outcome];
  }
}

async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return true; // a script has said what it wants
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
