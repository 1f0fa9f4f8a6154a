import type { Command, Option } from 'commander';

/** Supported shells. */
export type Shell = 'bash' | 'zsh' | 'fish';

/** Candidates for a position in a command line: fixed words, or names that the shell finds in the project directory. */
type Candidates = readonly string[] | 'environments' | 'stacks' | 'folders' | 'files' | 'nothing';

/** Renders a completion script for the commands and flags of a program. It looks up project names on demand. */
export function completionScript(shell: Shell, program: Command): string {
  return shell === 'fish' ? fish(program) : posix(shell, program);
}

const visible = (command: Command) => command.options.filter(({ hidden }) => !hidden);
const namesOf = ({ short, long }: Option) => [short, long].filter((name) => name !== undefined && name !== null);
const takesValue = ({ required, optional }: Option) => required || optional;

/** Possible values of a flag. */
function valuesOf(option: Option): Candidates {
  if (option.argChoices !== undefined) return option.argChoices;
  switch (option.attributeName()) {
    case 'env':
      return 'environments';
    case 'stack':
    case 'release':
      return 'stacks';
    case 'kubeconfig':
    case 'save':
    case 'outputFile':
    case 'app':
      return 'files';
    case 'out':
      return 'folders';
    default:
      return 'nothing';
  }
}

/** Possible values of each argument of a command. */
function argumentsOf(command: Command): readonly Candidates[] {
  return command.registeredArguments.map((argument): Candidates => {
    if (argument.argChoices !== undefined) return argument.argChoices;
    const known: Readonly<Record<string, Candidates>> = {
      environment: 'environments',
      stack: 'stacks',
      release: 'stacks',
      path: command.name() === 'explain' || command.name() === 'set' ? 'nothing' : 'folders',
      folder: 'folders',
    };
    return known[argument.name()] ?? 'nothing';
  });
}

/** Finds project names from files alone: no program is started while the user waits. */
const PROJECT_NAMES = `_serving_environments() {
  for f in environments/*.ts; do
    f=\${f##*/}
    case $f in base.ts|index.ts|'*.ts') ;; *) echo "\${f%.ts}" ;; esac
  done
}
_serving_stacks() {
  for f in dist/*/*/; do
    f=\${f%/}
    case $f in 'dist/*/*') ;; *) echo "\${f##*/}" ;; esac
  done | sort -u
}
_serving_folders() {
  for f in dist/*/*/; do
    case $f in 'dist/*/*/') ;; *) echo "\${f%/}" ;; esac
  done
}`;

/** Prints the candidates for a position, or lets the shell find them. */
function offer(candidates: Candidates): string {
  if (typeof candidates === 'object') return `echo ${candidates.join(' ')}`;
  if (candidates === 'nothing') return ':';
  return candidates === 'files'
    ? 'echo @files'
    : candidates === 'folders'
      ? '_serving_folders; echo @folders'
      : `_serving_${candidates}`;
}

/** For bash and zsh: one shared function determines the matching words; each shell passes them on in its own way. */
function posix(shell: 'bash' | 'zsh', program: Command): string {
  const values = program.commands.flatMap((command) =>
    visible(command)
      .filter(takesValue)
      .map(
        (option) =>
          `    ${namesOf(option)
            .map((name) => `'${command.name()} ${name}'`)
            .join('|')}) ${offer(valuesOf(option))}; return ;;`,
      ),
  );
  const places = program.commands.flatMap((command) => {
    const all = argumentsOf(command);
    return all.map((candidates, index) => {
      // Flag values are counted too, so the last position matches everything after the others.
      const place = index === all.length - 1 ? '*' : String(index);
      return `    '${command.name()} '${place}) ${offer(candidates)} ;;`;
    });
  });
  const flags = program.commands.map((command) => {
    const names = [...visible(command).flatMap(namesOf), '--help'];
    return `    ${command.name()}) echo ${names.join(' ')} ;;`;
  });
  const names = program.commands.map((command) => command.name());
  const words = `${PROJECT_NAMES}
# What may stand next: command, the word before, how many arguments there are already, the word that is begun.
_serving_words() {
  case "$1 $2" in
${values.join('\n')}
  esac
  case $1 in
    '') echo ${[...names, '--help', '--version'].join(' ')}; return ;;
  esac
  case $4 in
    -*)
      case $1 in
${flags.map((line) => `    ${line}`).join('\n')}
      esac
      return ;;
  esac
  case "$1 $3" in
${places.join('\n')}
  esac
}`;
  return shell === 'bash' ? bash(words) : zsh(words);
}

/** Finds the command and the number of its arguments in the words of the line. */
const bash = (words: string) => `# Completion of serving for bash. In ~/.bashrc: source <(serving completion bash)
${words}
_serving() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command='' count=0 i found
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      -*) ;;
      *) if [ -z "$command" ]; then command=\${COMP_WORDS[i]}; else count=$((count + 1)); fi ;;
    esac
  done
  found=$(_serving_words "$command" "$prev" "$count" "$cur")
  COMPREPLY=()
  case $found in
    *@files*) compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur")) ;;
    *@folders*)
      COMPREPLY=($(compgen -W "\${found%@folders}" -- "$cur"))
      if [ \${#COMPREPLY[@]} -eq 0 ]; then compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur")); fi ;;
    *) COMPREPLY=($(compgen -W "$found" -- "$cur")) ;;
  esac
}
complete -F _serving serving
`;

const zsh = (words: string) => `#compdef serving
# Completion of serving for zsh: a file named _serving in a folder of $fpath.
${words}
_serving() {
  emulate -L zsh
  setopt nonomatch shwordsplit
  local cur=\${words[CURRENT]} prev=\${words[CURRENT-1]} command='' count=0 i found
  for ((i = 2; i < CURRENT; i++)); do
    case \${words[i]} in
      -*) ;;
      *) if [ -z "$command" ]; then command=\${words[i]}; else count=$((count + 1)); fi ;;
    esac
  done
  found=$(_serving_words "$command" "$prev" "$count" "$cur")
  case $found in
    *@files*) _files ;;
    *@folders*) compadd -- \${=found%@folders}; _files ;;
    *) compadd -- \${=found} ;;
  esac
}
if [ "$funcstack[1]" = _serving ]; then _serving "$@"; else compdef _serving serving; fi
`;

function fish(program: Command): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const list = (candidates: Candidates) => {
    if (typeof candidates === 'object') return `-x -a ${quoted(candidates.join(' '))}`;
    if (candidates === 'files') return '-r -F';
    return candidates === 'nothing' ? '-x' : `-x -a '(__serving_${candidates})'`;
  };
  const commands = program.commands.flatMap((command) => {
    const seen = `__fish_seen_subcommand_from ${command.name()}`;
    const options = visible(command).map((option) => {
      const short = option.short ? ` -s ${option.short.slice(1)}` : '';
      const long = option.long ? ` -l ${option.long.slice(2)}` : '';
      const values = takesValue(option) ? ` ${list(valuesOf(option))}` : '';
      return `complete -c serving -n ${quoted(seen)}${short}${long}${values} -d ${quoted(option.description)}`;
    });
    const places = argumentsOf(command).flatMap((candidates) =>
      candidates === 'nothing' ? [] : [`complete -c serving -n ${quoted(seen)} ${list(candidates).replace('-x ', '')}`],
    );
    const name = `complete -c serving -n __fish_use_subcommand -a ${command.name()} -d ${quoted(command.description())}`;
    return [name, ...options, ...places];
  });
  return `# Completion of serving for fish: a file named serving.fish in ~/.config/fish/completions.
function __serving_environments
  for file in environments/*.ts
    string match -qr '/(base|index)\\.ts$' $file; or basename $file .ts
  end
end
function __serving_stacks
  for folder in dist/*/*/
    basename $folder
  end | sort -u
end
function __serving_folders
  for folder in dist/*/*/
    string trim -r -c / $folder
  end
end
complete -c serving -f
${commands.join('\n')}
`;
}
