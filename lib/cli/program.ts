import { Command } from 'commander';
import { VERSION } from '../client/version';
import { adopt } from './commands/adopt';
import { apply } from './commands/apply';
import { canary } from './commands/canary';
import { check } from './commands/check';
import { completion } from './commands/completion';
import { exceptions } from './commands/exceptions';
import { explain } from './commands/explain';
import { graph } from './commands/graph';
import { history } from './commands/history';
import { init } from './commands/init';
import { list } from './commands/list';
import { manifest } from './commands/manifest';
import { parity } from './commands/parity';
import { plan } from './commands/plan';
import { pull } from './commands/pull';
import { push } from './commands/push';
import { rehearse } from './commands/rehearse';
import { repair } from './commands/repair';
import { rollback } from './commands/rollback';
import { sandbox } from './commands/sandbox';
import { set } from './commands/set';
import { status } from './commands/status';
import { synth } from './commands/synth';
import { uninstall } from './commands/uninstall';
import { outliveReaders } from './print/line';
import { safe } from './print/safe';
import { type CommandModule, type Example, examplesText } from './shared/command';
import { runCommand, unexpectedError } from './shared/run';

/** All commands, by their heading in the help. */
export const COMMANDS: Readonly<Record<string, readonly CommandModule[]>> = {
  'Render and check:': [synth, check, graph, parity, explain, exceptions, init, set],
  'Deliver, through a registry:': [push, pull],
  'Release, on a cluster:': [plan, apply, canary, adopt, rollback, uninstall, history, status, list, manifest, repair],
  'Try, without a cluster:': [rehearse, sandbox],
  'Shell:': [completion],
};

/** Examples below the program's own help. */
export const EXAMPLES: readonly Example[] = [
  ['serving synth', 'render every stack for every environment'],
  ['serving rehearse dist/staging/fraud-model', 'play releases of one on an in-memory cluster'],
  ['serving plan dist/staging/fraud-model', 'show what a release would change'],
  ['serving apply dist/staging/fraud-model', 'release it'],
];

/** The command line. */
export function program(): Command {
  const serving = new Command('serving')
    .description('Model-serving stacks on Kubernetes: render them for every environment, and release them all or nothing.')
    .version(VERSION, '-V, --version')
    .option('--debug', 'print the stack trace of an unexpected error')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .showHelpAfterError('(add --help for what there is)')
    .exitOverride();
  for (const [heading, commands] of Object.entries(COMMANDS)) {
    serving.commandsGroup(heading);
    for (const { register, examples } of commands) register(serving).addHelpText('after', () => examplesText(examples));
  }
  return serving.addHelpText('after', () => examplesText(EXAMPLES));
}

/** Runs a command line and sets the exit code. No error escapes. */
export async function run(argv: readonly string[]): Promise<void> {
  outliveReaders();
  const unexpected = (error: unknown): void => {
    process.stderr.write(`${safe(unexpectedError(error, argv.includes('--debug')))}\n`);
    process.exit(1);
  };
  process.once('uncaughtException', unexpected).once('unhandledRejection', unexpected);
  await runCommand(async () => void (await program().parseAsync(argv))).catch(unexpected);
}
