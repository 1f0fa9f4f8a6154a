import { Argument } from 'commander';
import type { CommandModule } from '../shared/command';
import { runCommand } from '../shared/run';
import type { Shell } from '../shared/shell-completion';

/** `serving completion`. */
export const completion: CommandModule = {
  examples: [
    ['source <(serving completion bash)', 'for this shell; in ~/.bashrc for all'],
    ['serving completion zsh > "$fpath[1]/_serving"', 'zsh'],
    ['serving completion fish > ~/.config/fish/completions/serving.fish', 'fish'],
  ],
  register: (program) =>
    program
      .command('completion')
      .description('print a completion script for a shell: commands, flags, names of the project')
      .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
      .action((shell: Shell) =>
        runCommand(async () => {
          const { completionScript } = require('../shared/shell-completion') as typeof import('../shared/shell-completion');
          process.stdout.write(completionScript(shell, program));
          return 0;
        }),
      ),
};
