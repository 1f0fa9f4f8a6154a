import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Flags } from './release-flags';

/** Adds `plan`, `apply`, `rollback`, `history`, `status`, `list`, `manifest` and `uninstall`. They load what they need when they run. */
export function registerReleaseCommands(program: Command): void {
  const command = (usage: string, description: string) =>
    program
      .command(usage)
      .description(description)
      .option('--kubeconfig <file>', 'kubeconfig to use (default: as kubectl)')
      .option('--context <name>', 'context of the kubeconfig')
      .option('-n, --namespace <name>', 'namespace of the release')
      .addOption(new Option('-o, --output <format>', 'what is printed').choices(['text', 'json', 'ndjson']).default('text'));

  changing(command('plan <path>', 'show what an apply would do; writes nothing'))
    .option('--exit-code', 'exit with 2 when there are differences')
    .option('--save <file>', 'save the plan, to be applied later')
    .action((path: string, flags: Flags) => run('plan', flags, path));

  releasing(changing(command('apply <path>', 'put manifests, or a saved plan, onto the cluster: all of it or none of it')))
    .option('--create-namespace', 'create the namespace when it is missing')
    .action((path: string, flags: Flags) => run('apply', flags, path));

  releasing(command('rollback <release>', 'go back to a revision that was deployed'))
    .option('--to <revision>', 'which one (default: the good one before)', whole)
    .option('--ignore-capacity', 'nodes will be added')
    .option('--allow-replace', 'delete and create anew where a field cannot be changed')
    .action((release: string, flags: Flags) => run('rollback', flags, release));

  command('uninstall <release>', 'delete everything a release has made, and its record')
    .option('--lock-wait <duration>', 'wait so long for another release', duration)
    .option('-y, --yes', 'do not ask')
    .action((release: string, flags: Flags) => run('uninstall', flags, release));

  command('history <release>', 'what was released, when, by whom, with which gate results').action(
    (release: string, flags: Flags) => run('history', flags, release),
  );

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
  const { ACTIONS, withCluster } = await import('./release-actions.js');
  await withCluster(flags, (cluster) => ACTIONS[action](cluster, flags, subject));
}

function changing(command: Command): Command {
  return command
    .option('--release <name>', 'name of the release (default: the label of the manifests)')
    .option('--allow-replace', 'delete and create anew where a field cannot be changed')
    .option('--adopt', 'take over objects that exist and belong to nobody, or to another tool')
    .option('--take <field...>', 'fields to take from other managers, as the conflict names them; * for all')
    .option('--yield <field...>', 'fields to leave to other managers')
    .option('--ignore-capacity', 'nodes will be added: do not compare the pods with the nodes there are');
}

function releasing(command: Command): Command {
  return command
    .addOption(new Option('--on-failure <what>', 'what becomes of a failed release').choices(['undo', 'keep']).default('undo'))
    .option('--timeout <duration>', 'how long the rollout may take altogether, such as 10m', duration)
    .option('--lock-wait <duration>', 'wait so long for another release', duration)
    .option('--history-limit <count>', 'how many revisions to keep', whole);
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number.');
  return Number(text);
}

/** `90s`, `10m`, `1h30m` in milliseconds. */
function duration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text)
    throw new InvalidArgumentError('expected something like 90s or 10m.');
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0);
}
