import type { Command } from 'commander';
import { choiceOption, duration, outputOption, whole } from './options';
import type { Flags } from './release-flags';

/** Adds `plan`, `apply`, `rollback`, `history`, `status`, `list`, `manifest` and `uninstall`. They load what they need when they run. */
export function registerReleaseCommands(program: Command): void {
  const command = (usage: string, description: string, ...formats: readonly string[]) =>
    program
      .command(usage)
      .description(description)
      .option('--kubeconfig <file>', 'kubeconfig to use (default: as kubectl)')
      .option('--context <name>', 'context of the kubeconfig')
      .option('-n, --namespace <name>', 'namespace of the release')
      .addOption(outputOption('text', ...formats, 'json', 'ndjson'));

  changing(command('plan <path>', 'show what an apply would do; writes nothing', 'markdown', 'html'))
    // Differences are what a plan is for: scripts tell them by the exit code.
    .option('--exit-code', 'exit with 2 when there are differences (default)')
    .option('--no-exit-code', 'exit with 0 when there are differences')
    .option('--to <file>', 'write what would be printed to a file')
    .option('--save <file>', 'save the plan, to be applied later')
    .action((path: string, flags: Flags) => run('plan', flags, path));

  releasing(changing(command('apply <path>', 'put manifests, or a saved plan, onto the cluster: all of it or none of it')))
    .option('--create-namespace', 'create the namespace when it is missing')
    .action((path: string, flags: Flags) => run('apply', flags, path));

  releasing(command('rollback <release>', 'go back to a revision that was deployed'))
    .option('--to <revision>', 'which one (default: the good one before)', whole)
    .option('--ignore-capacity', 'nodes will be added')
    .option('--allow-replace', 'delete and create anew where a field cannot be changed')
    .option('--prune-data', 'delete claims, volumes, namespaces and definitions that the revision does not have')
    .action((release: string, flags: Flags) => run('rollback', flags, release));

  command('uninstall <release>', 'delete everything a release has made, and its record')
    .option('--lock-wait <duration>', 'wait so long for another release', duration)
    .option('--prune-data', 'delete claims, volumes, namespaces and definitions too')
    .option('-y, --yes', 'do not ask; needed where nobody can be asked')
    .action((release: string, flags: Flags) => run('uninstall', flags, release));

  command('history <release>', 'what was released, when, by whom, with which gate results', 'markdown', 'html')
    .option('--to <file>', 'write what would be printed to a file')
    .option('--revision <revision>', 'only this one, with everything the record knows of it', whole)
    .action((release: string, flags: Flags) => run('history', flags, release));

  command('status <release>', 'what is deployed, and how every object is doing').action((release: string, flags: Flags) =>
    run('status', flags, release),
  );

  command('list', 'the releases of a namespace')
    .option('-A, --all-namespaces', 'of all namespaces')
    .action((flags: Flags) => run('list', flags, ''));

  command('manifest <release>', 'the manifests of a revision')
    .option('--revision <revision>', 'which one (default: what is deployed)', whole)
    .action((release: string, flags: Flags) => run('manifest', flags, release));
}

type Action = 'plan' | 'apply' | 'rollback' | 'uninstall' | 'history' | 'status' | 'list' | 'manifest';

/** Client, engine and printers are loaded here, so that other commands start without them. */
async function run(action: Action, flags: Flags, subject: string): Promise<void> {
  const { ACTIONS, withCluster } = require('./release-actions') as typeof import('./release-actions');
  await withCluster(flags, (cluster) => ACTIONS[action](cluster, flags, subject));
}

function changing(command: Command): Command {
  return command
    .option('-R, --recursive', 'read subdirectories too')
    .option('--release <name>', 'name of the release (default: the label of the manifests)')
    .option('--allow-replace', 'delete and create anew where a field cannot be changed')
    .option('--adopt', 'take over objects that exist and belong to nobody, or to another tool')
    .option('--prune-data', 'delete claims, volumes, namespaces and definitions that left the manifests')
    .option('--take <field...>', 'fields to take from other managers, as the conflict names them; * for all')
    .option('--yield <field...>', 'fields to leave to other managers')
    .option('--ignore-capacity', 'nodes will be added: do not compare the pods with the nodes there are');
}

function releasing(command: Command): Command {
  return command
    .addOption(choiceOption('--on-failure <what>', 'what becomes of a failed release', ['undo', 'keep']).default('undo'))
    .option('--timeout <duration>', 'how long the rollout may take altogether, such as 10m', duration)
    .option('--lock-wait <duration>', 'wait so long for another release', duration)
    .option('--history-limit <count>', 'how many revisions to keep', whole);
}
