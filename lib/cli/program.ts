// First, before anything loads cdk8s.
import './lazy-yaml';
import { Argument, Command } from 'commander';
import { VERSION } from '../client/version';
import { registerRehearseCommands } from './commands/rehearse';
import { formatOption, outputOption } from './options';
import { outliveReaders } from './print/line';
import { registerReleaseCommands } from './release-commands';
import { runCommand } from './run-command';

/** The command line. Each command's code is loaded when it is called, so that none pays for the others. `only`: the one that is meant. */
export function program(only?: string): Command {
  const serving = new Command('serving')
    .description('Model-serving stacks on Kubernetes: render them for every environment, and release them whole or not at all.')
    .version(VERSION, '-V, --version')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .showHelpAfterError('(add --help for what there is)')
    .exitOverride();

  serving.commandsGroup('Render and check:');
  // Loaded when somebody asks for help.
  const examples = (name: string) => () => (require('./examples') as typeof import('./examples')).examplesText(name);

  serving
    .command('synth')
    .description('render stacks to plain manifests in dist/<environment>/<stack>')
    .option('-e, --env <name...>', 'only these environments')
    .option('-s, --stack <name...>', 'only these stacks')
    .option('--set <path=value...>', 'set a field of the config, such as model.version=v2.2.0')
    .option('-o, --out <folder>', 'output folder (default: CDK8S_OUTDIR, else dist)')
    .option('--check', 'write nothing; exit with 2 and a diff when the output folder is not current')
    .addOption(formatOption('--output <format>', ['text', 'json', 'ndjson']))
    .option('--app <module>', 'compiled app module (default: the one that cdk8s.yaml names)')
    .addHelpText('after', examples('synth'))
    .action(async (options) =>
      runCommand(async () => (require('./commands/synth') as typeof import('./commands/synth')).synthCommand(options)),
    );

  // The others would cost a synth more than its own printing does.
  if (only === 'synth') return serving;

  serving
    .command('check')
    .description('say what cannot work in manifests, whoever wrote them')
    .argument('<path...>', 'folders and files')
    .option('--kubernetes-version <version>', 'oldest version that has to accept them (default: 1.30)')
    .option('--external <name...>', 'hosts and objects that others install: redis-svc, ConfigMap/flags')
    .option('--timeout <time>', 'time that a release may take, to check the rollouts against')
    .option('-R, --recursive', 'read subdirectories too')
    .option('--strict', 'fail on warnings too')
    .option('-n, --namespace <name>', 'namespace of objects that name none')
    .option('--one-cluster', 'check directories of several environments, such as staging/ and prod/, as one cluster')
    .addOption(outputOption('text', 'json', 'ndjson'))
    .action(async (paths, options) =>
      runCommand(async () => (require('./commands/check') as typeof import('./commands/check')).checkCommand(paths, options)),
    );

  serving
    .command('graph')
    .description('draw how the components of manifests are connected, whoever wrote them')
    .argument('<path...>', 'folders and files')
    .option('-R, --recursive', 'read subdirectories too')
    .addOption(outputOption('mermaid', 'svg', 'json'))
    .option('--to <file>', 'write to a file')
    .action(async (paths, options) =>
      runCommand(async () => (require('./commands/graph') as typeof import('./commands/graph')).graphCommand(paths, options)),
    );

  serving
    .command('parity')
    .description('show all environments side by side; exit with 2 on differences that nobody has declared')
    .option('-s, --stack <name...>', 'only these stacks')
    .option('--all', 'show fields that are equal too')
    .addOption(outputOption('text', 'markdown', 'json', 'html'))
    .option('--to <file>', 'write to a file')
    .option('--live [environment=context...]', 'compare with what runs in the clusters too')
    .option('--app <module>', 'compiled app module (default: the one that cdk8s.yaml names)')
    .action(async (options) =>
      runCommand(async () => (require('./commands/parity') as typeof import('./commands/parity')).parityCommand(options)),
    );

  serving
    .command('explain')
    .description('say which layer and source line set a value: model.version, or Deployment/fraud-model:spec.replicas')
    .argument('<environment>')
    .argument('<path>', 'path of the config, or Kind/name:path of a manifest')
    .option('-s, --stack <name>', 'only this stack')
    .addOption(outputOption('text', 'json', 'ndjson'))
    .option('--app <module>', 'compiled app module (default: the one that cdk8s.yaml names)')
    .action(async (environment, path, options) =>
      runCommand(async () =>
        (require('./commands/explain') as typeof import('./commands/explain')).explainCommand(environment, path, options),
      ),
    );

  serving
    .command('exceptions')
    .description("list where a linter's rule is wrong for a component, with the reason")
    .addOption(outputOption('text', 'json', 'ndjson'))
    .option('--app <module>', 'compiled app module (default: the one that cdk8s.yaml names)')
    .action(async (options) =>
      runCommand(async () => (require('./commands/synth') as typeof import('./commands/synth')).exceptionsCommand(options)),
    );

  serving
    .command('init')
    .description('write a new project: a stack, three environments, tests, CI files')
    .argument('[folder]', 'where; the stack is named after it', '.')
    .option('--name <name>', 'another name for the stack')
    .action(async (folder, options) =>
      runCommand(async () => (require('./commands/init') as typeof import('./commands/init')).initCommand(folder, options)),
    );

  serving
    .command('set')
    .description('change one value in an environment file, checked like the rest; nothing else in the file changes')
    .argument('<stack>')
    .argument('<environment>')
    .argument('<path>', 'path of the config, such as model.version')
    .argument('<value>')
    .option('--dry-run', 'only show the change')
    .addOption(outputOption('text', 'json'))
    .option('--app <module>', 'compiled app module (default: the one that cdk8s.yaml names)')
    .action(async (stack, environment, path, value, options) =>
      runCommand(async () =>
        (require('./commands/set') as typeof import('./commands/set')).setCommand({ stack, environment, path, value }, options),
      ),
    );

  serving.commandsGroup('Release, on a cluster:');
  registerReleaseCommands(serving);
  serving.commandsGroup('Try, without a cluster:');
  registerRehearseCommands(serving);
  serving.commandsGroup('Shell:');

  serving
    .command('completion')
    .description('print a script that completes commands, flags and names of the project in a shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action(async (shell) =>
      runCommand(async () => {
        const { completionScript } = require('./commands/completion') as typeof import('./commands/completion');
        process.stdout.write(completionScript(shell, serving));
        return 0;
      }),
    );

  serving.addHelpText('after', examples('serving'));
  for (const command of serving.commands) if (command.name() !== 'synth') command.addHelpText('after', examples(command.name()));
  return serving;
}

/** Runs what the arguments say; the exit code is that of the command. */
export async function run(argv: readonly string[]): Promise<void> {
  // A synth prints without the stream, whose setting up would cost it more.
  if (argv[2] !== 'synth') outliveReaders();
  await runCommand(async () => void (await program(argv[2]).parseAsync(argv)));
}
