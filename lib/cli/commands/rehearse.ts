import { type Command, InvalidArgumentError } from 'commander';
import { choiceOption, outputOption, port } from '../options';
import type { Output } from '../print/output';

/** What `rehearse` was told. */
export interface RehearseFlags {
  readonly fail?: 'gate' | 'image' | 'crash' | 'unready' | 'quota';
  readonly output: Output;
  readonly recursive?: boolean;
}

/** What `sandbox` was told. */
export interface SandboxFlags {
  /** Versions, and how their pods fail: `v1.1.0-rc3=gate`. */
  readonly fail?: readonly (readonly [version: string, what: SandboxFailure])[];
  readonly port?: number;
  readonly kubeconfig: string;
}

/** What can be wrong with a version in a sandbox. */
export type SandboxFailure = (typeof SANDBOX_FAILURES)[number];

const SANDBOX_FAILURES = ['gate', 'image', 'crash', 'unready'] as const;

/** Adds `rehearse` and `sandbox`. The sandbox is loaded when they run, so that other commands start without it. */
export function registerRehearseCommands(program: Command): void {
  program
    .command('rehearse <folder>')
    .description('play releases of a folder of manifests on a cluster in memory; nothing outside this process is touched')
    .addOption(choiceOption('--fail <what>', 'only install, and this failure', ['gate', 'image', 'crash', 'unready', 'quota']))
    .addOption(outputOption('text', 'json', 'ndjson'))
    .option('-R, --recursive', 'read subdirectories too')
    .action(async (folder: string, flags: RehearseFlags) => {
      const { rehearse } = require('../rehearse-actions') as typeof import('../rehearse-actions');
      await rehearse(folder, flags);
    });

  program
    .command('sandbox')
    .description('serve a cluster in memory on this machine, for kubectl and everything else, until Ctrl-C')
    .option('--port <number>', 'port to listen on (default: a free one)', port)
    .option('--kubeconfig <file>', 'kubeconfig to write', 'sandbox.kubeconfig')
    .option('--fail <version=what...>', `versions that fail, such as v1.1.0-rc3=gate: ${SANDBOX_FAILURES.join(', ')}`, failing)
    .action(async (flags: SandboxFlags) => {
      const { sandbox } = require('../rehearse-actions') as typeof import('../rehearse-actions');
      await sandbox(flags);
    });
}

function failing(text: string, before: SandboxFlags['fail'] = []): SandboxFlags['fail'] {
  const [version = '', wanted] = text.split('=');
  const what = SANDBOX_FAILURES.find((failure) => failure === wanted);
  if (version === '' || what === undefined)
    throw new InvalidArgumentError(`expected a version and one of ${SANDBOX_FAILURES.join(', ')}, such as v1.1.0-rc3=gate.`);
  return [...before, [version, what]];
}
