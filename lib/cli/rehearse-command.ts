import type { Command } from 'commander';
import { choiceOption, outputOption, port } from './options';
import type { Output } from './print/output';

/** What `rehearse` was told. */
export interface RehearseFlags {
  readonly fail?: 'gate' | 'image' | 'crash' | 'unready' | 'quota';
  readonly output: Output;
}

/** What `sandbox` was told. */
export interface SandboxFlags {
  readonly port?: number;
  readonly kubeconfig: string;
}

/** Adds `rehearse` and `sandbox`. The sandbox is loaded when they run, so that other commands start without it. */
export function registerRehearseCommands(program: Command): void {
  program
    .command('rehearse <folder>')
    .description('play releases of a folder of manifests on a cluster in memory; nothing outside this process is touched')
    .addOption(choiceOption('--fail <what>', 'only install, and this failure', ['gate', 'image', 'crash', 'unready', 'quota']))
    .addOption(outputOption('text', 'json', 'ndjson'))
    .action(async (folder: string, flags: RehearseFlags) => {
      const { rehearse } = require('./rehearse-actions') as typeof import('./rehearse-actions');
      await rehearse(folder, flags);
    });

  program
    .command('sandbox')
    .description('serve a cluster in memory on this machine, for kubectl and everything else, until Ctrl-C')
    .option('--port <number>', 'port to listen on (default: a free one)', port)
    .option('--kubeconfig <file>', 'kubeconfig to write', 'sandbox.kubeconfig')
    .action(async (flags: SandboxFlags) => {
      const { sandbox } = require('./rehearse-actions') as typeof import('./rehearse-actions');
      await sandbox(flags);
    });
}
