import { Command } from 'commander';
import { COMMANDS } from '../../lib/cli/program';
import type { CommandModule } from '../../lib/cli/shared/command';
import { EXIT_CODES } from '../../lib/release';
import { cell, code, table } from './markdown';

/** The reference of the command line, from the commands themselves. */
export function cliPage(): string {
  const groups = Object.entries(COMMANDS).map(([heading, commands]) => {
    return `## ${heading.replace(/:$/, '')}\n\n${commands.map(commandText).join('\n')}`;
  });
  const contents = Object.entries(COMMANDS).map(([heading, commands]) => {
    const names = commands.map((module) => commandOf(module).name());
    return [heading.replace(/:$/, ''), names.map((name) => `[${code(name)}](#serving-${name})`).join(' ')];
  });
  const codes = Object.entries(EXIT_CODES).map(([outcome, exit]) => [String(exit), outcome]);
  return `# Command line

\`serving <command> --help\` shows the same. Every command reads a directory as kubectl does, a file, or an artifact
(\`oci://…\`). Durations are written \`90s\`, \`10m\`, \`1h30m\`.

${table(['', 'commands'], contents)}
${groups.join('\n')}
## Exit codes

${table(['code', 'outcome'], [...codes, ['1', 'the command, a config or a manifest is wrong'], ['2', 'there are differences: `plan`, `parity`, `synth --check`']])}
`;
}

function commandOf(module: CommandModule): Command {
  return module.register(new Command());
}

function commandText(module: CommandModule): string {
  const command = commandOf(module);
  const options = command.options.map(({ flags, description, defaultValue, argChoices }) => [
    code(flags),
    cell(description),
    [
      ...(argChoices === undefined ? [] : [argChoices.map(code).join(', ')]),
      ...(defaultValue === undefined ? [] : [`default ${code(String(defaultValue))}`]),
    ].join('; '),
  ]);
  const examples = module.examples.map(([line, purpose]) => [code(line), cell(purpose)]);
  return `### serving ${command.name()}

${sentence(command.description())}

\`serving ${command.name()} ${command.usage()}\`

${options.length === 0 ? '' : `${table(['option', 'what', 'values'], options)}\n`}${table(['example', ''], examples)}`;
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
