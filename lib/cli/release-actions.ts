import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { nearestName } from '../errors/nearest';
import { describe, type Problem, ServingError } from '../errors/problem';
import type { Proposal, ReleaseEvent, ReleaseName, ReleaseResult, Revision } from '../release';
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
import { printHistory, printRevision } from './print/history';
import { printList } from './print/list';
import type { Output } from './print/output';
import { printPlan } from './print/plan';
import { printStatus } from './print/status';
import type { Look } from './print/style';
import { reporterFor } from './progress/reporters';
import type { Flags } from './release-flags';
import type { Cluster } from './with-cluster';

export { withCluster } from './with-cluster';

/** What the cluster commands do: each gets what it was given (a path or a release's name) and returns an exit code. */
export const ACTIONS = {
  async plan(cluster: Cluster, flags: Flags, path: string): Promise<number> {
    const proposal = await plan(cluster.engine, path, optionsOf(flags, cluster));
    const { output } = flags;
    put(cluster, flags, output === 'html' ? await planHtml(cluster, proposal, path) : printPlan(proposal, output, cluster.look));
    if (proposal.problems.length > 0) return 3;
    if (flags.save !== undefined) {
      writeFileSync(flags.save, `${JSON.stringify(saved(proposal.plan, proposal.desired, policyOf(flags)))}\n`);
    }
    return flags.exitCode !== false && proposal.plan.objects.some(({ action }) => action !== 'unchanged') ? 2 : 0;
  },

  async apply(cluster: Cluster, flags: Flags, path: string): Promise<number> {
    const { engine } = cluster;
    const file = path.endsWith('.json') ? planFileOf(engine.host.read(path)) : undefined;
    const options = optionsOf(flags, cluster);
    return follow(flags, cluster, file ? applySaved(engine, file, options) : apply(engine, path, options));
  },

  async rollback(cluster: Cluster, flags: Flags, release: string): Promise<number> {
    const options = { ...optionsOf(flags, cluster), ...(typeof flags.to === 'number' ? { to: flags.to } : {}) };
    const name = nameOf(cluster, release);
    return follow(flags, cluster, rollback(cluster.engine, name, options), name);
  },

  async uninstall(cluster: Cluster, flags: Flags, release: string): Promise<number> {
    const name = nameOf(cluster, release);
    if (flags.yes !== true && !(await agreed(`Delete everything of ${release} in ${name.namespace}?`))) {
      process.stderr.write('Nothing was deleted.\n');
      return 1;
    }
    return follow(flags, cluster, uninstall(cluster.engine, name, optionsOf(flags, cluster)), name);
  },

  async history(cluster: Cluster, flags: Flags, release: string): Promise<number> {
    const name = nameOf(cluster, release);
    const revisions = await known(cluster, name, history(cluster.engine, name));
    put(cluster, flags, historyOutput(name, revisions, flags, cluster.look));
    return 0;
  },

  async status(cluster: Cluster, flags: Flags, release: string): Promise<number> {
    const name = nameOf(cluster, release);
    const overview = await known(cluster, name, status(cluster.engine, name));
    cluster.print(printStatus(overview, outputOf(flags), cluster.look));
    return 0;
  },

  async list(cluster: Cluster, flags: Flags): Promise<number> {
    const namespace = flags.allNamespaces === true ? undefined : cluster.namespace;
    const { heads, problems } = await list(cluster.engine, namespace);
    cluster.print(printList(heads, outputOf(flags)));
    for (const problem of problems) process.stderr.write(`warning: ${describe(problem)}\n`);
    return 0;
  },

  async manifest(cluster: Cluster, flags: Flags, release: string): Promise<number> {
    const name = nameOf(cluster, release);
    const objects = await known(cluster, name, manifest(cluster.engine, name, flags.revision));
    const { stringify } = require('yaml') as typeof import('yaml');
    cluster.print(
      flags.output === 'text' ? objects.map((object) => `---\n${stringify(object)}`).join('') : JSON.stringify(objects),
    );
    return 0;
  },
};

/** Prints, or writes to the file of `--to`. */
function put({ print }: Cluster, { to }: Flags, text: string): void {
  if (typeof to === 'string') writeFileSync(to, text.endsWith('\n') ? text : `${text}\n`);
  else print(text);
}

function historyOutput(name: ReleaseName, revisions: readonly Revision[], { output, revision }: Flags, look: Look): string {
  const only = revision === undefined ? revisions : [chosen(revisions, revision, name.release)];
  if (output === 'html') return (require('../report/index') as typeof import('../report')).historyPage(name, only);
  if (revision === undefined) return printHistory(revisions, output, look.paint);
  return printRevision(name, chosen(revisions, revision, name.release), output, look);
}

/** A plan with what is known beside it: the release's history, and the other environments of the stack where this is its project. */
async function planHtml(cluster: Cluster, proposal: Proposal, path: string): Promise<string> {
  const { planPage } = require('../report/index') as typeof import('../report');
  const { stackParity } = require('./commands/parity') as typeof import('./commands/parity');
  const { release, namespace } = proposal.plan;
  const revisions = await history(cluster.engine, { release, namespace }).catch((error: unknown) => {
    if (error instanceof ServingError && error.problems.every(({ code }) => code === 'RELEASE_UNKNOWN')) return [];
    throw error;
  });
  let parity: ReturnType<typeof stackParity>;
  try {
    parity = stackParity(basename(path));
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    process.stderr.write(`warning: the page is without the other environments\n${error.problems.map(describe).join('\n')}\n`);
  }
  return planPage(proposal, { revisions, ...(parity === undefined ? {} : { parity }) });
}

function nameOf({ namespace }: Cluster, release: string): ReleaseName {
  return { release, namespace };
}

function optionsOf(flags: Flags, { signal, fallbackNamespace }: Cluster) {
  return {
    ...policyOf(flags),
    ...pick(flags, ['release', 'namespace', 'onFailure', 'createNamespace', 'ignoreCapacity', 'historyLimit', 'recursive']),
    ...renamed(flags),
    signal,
    fallbackNamespace,
  };
}

function policyOf(flags: Flags) {
  return pick(flags, ['allowReplace', 'adopt', 'pruneData', 'take', 'yield']);
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

/** Takes a release to its end, and tells of it meanwhile. */
async function follow(
  flags: Flags,
  cluster: Cluster,
  progress: AsyncGenerator<ReleaseEvent, ReleaseResult, void>,
  name?: ReleaseName,
): Promise<number> {
  const budget = flags.timeout === undefined ? {} : { budgetMs: flags.timeout };
  const reporter = reporterFor({ output: outputOf(flags), ...budget });
  cluster.listen((text) => reporter.note(text));
  try {
    for (let step = await progress.next(); ; step = await progress.next()) {
      if (step.done !== true) reporter.event(step.value);
      else {
        // What was refused before it was read has no name of its own.
        const value = { ...step.value, ...(step.value.release === '' ? name : {}) };
        reporter.result({ ...value, problems: await withNearest(cluster, value, value.problems) });
        return EXIT_CODES[step.value.outcome];
      }
    }
  } finally {
    reporter.close();
  }
}

/** What is asked of a release; when there is no release of that name, with the nearest that there is. */
async function known<T>(cluster: Cluster, name: ReleaseName, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    throw new ServingError(await withNearest(cluster, name, error.problems));
  }
}

/** Problems of an unknown release with the nearest name, or the namespace in which there is one of that name. */
async function withNearest(
  { engine }: Cluster,
  { release, namespace }: ReleaseName,
  problems: readonly Problem[],
): Promise<readonly Problem[]> {
  if (!problems.some(({ code }) => code === 'RELEASE_UNKNOWN')) return problems;
  // Whoever may not look everywhere, is told of what is here.
  const { heads } = await list(engine).catch(() => list(engine, namespace).catch(() => ({ heads: [] })));
  const elsewhere = heads.find((head) => head.release === release)?.namespace;
  const here = heads.filter((head) => head.namespace === namespace).map((head) => head.release);
  const nearest = nearestName(release, here);
  return problems.map((problem) => {
    if (problem.code !== 'RELEASE_UNKNOWN') return problem;
    if (elsewhere !== undefined) return { ...problem, remedy: `There is one in ${elsewhere}: give -n ${elsewhere}.` };
    return { ...problem, ...(nearest === undefined ? {} : { nearest }) };
  });
}

/** The revision of a number, which has to be one of those there are. */
function chosen(revisions: readonly Revision[], number: number, release: string): Revision {
  const found = revisions.find(({ revision }) => revision === number);
  if (found !== undefined) return found;
  const expected = `one of ${revisions.map(({ revision }) => revision).join(', ')}`;
  const message = 'the record has no such revision';
  const remedy = 'Choose one that it has.';
  throw new ServingError([{ code: 'REVISION_UNKNOWN', subject: release, message, got: number, expected, remedy }]);
}

/** Asks whoever sits at the terminal; where nobody does, only `--yes` is an answer. */
async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    const message = 'this deletes what is running, and there is nobody to ask';
    throw new ServingError([{ code: 'USAGE', subject: 'uninstall', message, remedy: 'Say so with --yes.' }]);
  }
  const { createInterface } = require('node:readline/promises') as typeof import('node:readline/promises');
  // The terminal's own line editing will do; so Ctrl-C ends the process as everywhere.
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Markdown is for plans and history; what only has text and JSON prints text. */
function outputOf({ output }: Flags): Output {
  return output === 'markdown' || output === 'html' ? 'text' : output;
}
