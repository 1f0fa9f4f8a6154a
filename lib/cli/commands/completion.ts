import { Argument } from 'commander';
import type { CommandModule } from '../command';
import { runCommand } from '../run';
import type { Shell } from '../shell-completion';

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
          const { completionScript } = require('../shell-completion') as typeof import('../shell-completion');
          process.stdout.write(completionScript(shell, program));
          return 0;
        }),
      ),
};
