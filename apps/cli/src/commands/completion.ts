import { Argument, Command } from 'commander';

import { commandWords } from '../completion/command-words.ts';
import { completionScript, type Shell, shells } from '../completion/scripts.ts';

/** Add it last, when the program has all its commands. */
export function completion(program: Command): Command {
  return new Command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  source <(journal-migrate completion bash)       in ~/.bashrc
  source <(journal-migrate completion zsh)        in ~/.zshrc
  journal-migrate completion fish | source        in ~/.config/fish/config.fish`,
    )
    .action((shell: Shell) => {
      process.stdout.write(completionScript(shell, program.name(), commandWords(program)));
    });
}
