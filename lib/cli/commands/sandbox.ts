import { InvalidArgumentError } from 'commander';
import type { CommandModule } from '../shared/command';
import { port } from '../shared/options';
import { runCommand } from '../shared/run';

const FAILURES = ['gate', 'image', 'crash', 'unready'] as const;

/** Failures of a version in a sandbox. */
type SandboxFailure = (typeof FAILURES)[number];

/** `serving sandbox`. */
export const sandbox: CommandModule = {
  examples: [
    ['serving sandbox', 'then, elsewhere: KUBECONFIG=sandbox.kubeconfig'],
    ['serving sandbox --fail v2.2.0-rc3=gate v2.2.0-rc4=image', 'with versions that fail'],
  ],
  register: (program) =>
    program
      .command('sandbox')
      .description('serve an in-memory cluster on this machine, for kubectl and everything else, until Ctrl-C')
      .option('--port <number>', 'port to listen on (default: a free one)', port)
      .option('--write-kubeconfig <file>', 'new file for its kubeconfig, deleted at the end', 'sandbox.kubeconfig')
      .option('--fail <version=what...>', `versions that fail, such as v1.1.0-rc3=gate: ${FAILURES.join(', ')}`, failing)
      .action((flags: SandboxFlags) => runCommand(() => sandboxCommand(flags))),
};

/** Flags of `serving sandbox`. */
interface SandboxFlags {
  /** Versions with their failure: `v1.1.0-rc3=gate`. */
  readonly fail?: readonly (readonly [version: string, what: SandboxFailure])[];
  readonly port?: number;
  readonly writeKubeconfig: string;
}

function failing(text: string, before: SandboxFlags['fail'] = []): SandboxFlags['fail'] {
  const [version = '', wanted] = text.split('=');
  const what = FAILURES.find((failure) => failure === wanted);
  if (version === '' || what === undefined)
    throw new InvalidArgumentError(`expected a version and one of ${FAILURES.join(', ')}, such as v1.1.0-rc3=gate.`);
  return [...before, [version, what]];
}

/** First line of the kubeconfig files that this command creates. */
const MARK = '# Made by serving sandbox, which deletes this file when it ends.';

/** Room for any stack that a team may try, even with one pod per node. */
const NODES = Array.from({ length: 20 }, (_, index) => ({ name: `node-${index + 1}`, cpu: '32', memory: '128Gi' }));

/** Serves a sandbox until it is interrupted. Its gates pass, unless a version is set to fail. */
async function sandboxCommand({ port, writeKubeconfig, fail = [] }: SandboxFlags): Promise<number> {
  const { PACE } = require('../shared/sandbox-pace') as typeof import('../shared/sandbox-pace');
  const { createOwnFile } = require('../shared/own-file') as typeof import('../shared/own-file');
  const { starterEnded } = require('../shared/starter') as typeof import('../shared/starter');
  const { printLine } = require('../print/line') as typeof import('../print/line');
  const { podBehaviorFor, crashLoop, imageNotFound, probeNeverReady, RealClock, rehearsal, serve } =
    require('../../testing') as typeof import('../../testing');
  const CONDITIONS = {
    gate: 'gate fails',
    image: imageNotFound(),
    crash: crashLoop(),
    unready: probeNeverReady(),
  } as const satisfies Record<SandboxFailure, unknown>;
  const afflictions = fail.map(([version, what]) => [version, CONDITIONS[what]] as const);
  const here = rehearsal({
    clock: new RealClock(),
    nodes: NODES,
    podBehavior: (pod) => ({ ...PACE, ...podBehaviorFor(here.sandbox, pod, afflictions) }),
  });
  const served = await serve(here.sandbox, port === undefined ? {} : { port });
  try {
    const ended = Promise.race([interrupted(), starterEnded()]);
    const kubeconfig = createOwnFile(writeKubeconfig, MARK, served.kubeconfig);
    printLine(
      [
        `A cluster in memory listens on ${served.url}. It is gone when this ends (Ctrl-C).`,
        `  export KUBECONFIG=${writeKubeconfig}`,
        '  kubectl get nodes',
        '  serving apply dist/staging/fraud-model --create-namespace',
      ].join('\n'),
    );
    await ended;
    kubeconfig.remove();
  } finally {
    await served.close();
  }
  return 0;
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
