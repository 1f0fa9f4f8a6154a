import { existsSync, writeFileSync } from 'node:fs';
import { unknownName } from '../../errors/unknown-name';
import {
  type Drift,
  liveDrift,
  type Matrix,
  type Project,
  parityMatrix,
  type RenderedStack,
  renderProject,
  ServingError,
} from '../../index';
import type { Report } from '../../parity/report';
import { loadProject } from '../load-project';

/** Flags of `serving parity`. */
export interface ParityFlags {
  readonly stack?: readonly string[];
  readonly all?: boolean;
  readonly output?: string;
  readonly to?: string;
  /** `prod=context`, or `true` for the current context and every environment. */
  readonly live?: readonly string[] | boolean;
  readonly app?: string;
}

/** `serving parity`: all environments side by side. Exit code 2 on what nobody has declared, and on what runs otherwise than rendered. */
export async function parityCommand(flags: ParityFlags): Promise<number> {
  const project = loadProject(flags.app);
  const rendered = renderProject(project, { stacks: flags.stack ?? [] });
  const matrix = matrixOf(project, rendered);
  const unused = (flags.stack ?? []).length === 0 ? matrix.unused : [];
  const drift = flags.live === undefined ? undefined : await drifts(rendered, flags.live);
  const report: Report = { ...matrix, unused, ...(drift === undefined ? {} : { drift }) };
  const text =
    flags.output === 'html'
      ? (require('../../report/index') as typeof import('../../report')).parityPage(report)
      : (require('../print/parity') as typeof import('../print/parity')).printParity(
          report,
          flags.output ?? 'text',
          flags.all === true,
        );
  if (flags.to === undefined) process.stdout.write(text);
  else writeFileSync(flags.to, text);
  return matrix.undeclared.length + unused.length + (drift?.length ?? 0) === 0 ? 0 : 2;
}

/** One stack in all environments of the project in the current folder; nothing where there is no such project, or no such stack. */
export function stackParity(stack: string): Report | undefined {
  if (!existsSync('cdk8s.yaml')) return undefined;
  const project = loadProject(undefined);
  if (!project.stacks.some(({ name }) => name === stack)) return undefined;
  // Whether a declaration is needed shows on the whole project only.
  return { ...matrixOf(project, renderProject(project, { stacks: [stack] })), unused: [] };
}

function matrixOf({ environments, expectedDifferences = [] }: Project, rendered: readonly RenderedStack[]): Matrix {
  // Declarations about stacks that are not looked at are not unused.
  const stacks = new Set(rendered.map(({ stack }) => stack));
  const expected = expectedDifferences.filter(({ stack }) => stack === undefined || stacks.has(stack));
  return parityMatrix(
    rendered,
    environments.map(({ name }) => name),
    expected,
  );
}

async function drifts(rendered: readonly RenderedStack[], live: readonly string[] | boolean): Promise<readonly Drift[]> {
  const { connect } = require('../../release') as typeof import('../../release');
  const environments = new Set(rendered.map(({ environment }) => environment));
  const pairs = Array.isArray(live)
    ? live.map((pair: string) => pairOf(pair, environments))
    : [...environments].map((name) => [name, undefined] as const);
  const found = await Promise.all(
    pairs.map(async ([environment, context]) => {
      const api = await connect(context === undefined ? {} : { context });
      try {
        return await Promise.all(rendered.filter((one) => one.environment === environment).map((one) => liveDrift(one, api)));
      } finally {
        await api.close();
      }
    }),
  );
  return found.flat(2);
}

function pairOf(pair: string, environments: ReadonlySet<string>): readonly [string, string | undefined] {
  const [name = '', context] = pair.split('=', 2);
  if (environments.has(name)) return [name, context];
  throw new ServingError([unknownName('UNKNOWN_ENVIRONMENT', '--live', name, [...environments])]);
}
