import type { Command } from 'commander';

export interface OptionWords {
  /** `--format` */
  readonly flag: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** Empty if any value is valid. */
  readonly choices: readonly string[];
}

/** The completions of a command. */
export interface CommandWords {
  /** The command's words, without the program: none, `start`, `backup verify`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly OptionWords[];
  /** The choices of the first argument. */
  readonly choices: readonly string[];
}

/** A program and all commands below it, from commander's own tree. */
export function commandWords(command: Command, path = ''): CommandWords[] {
  const help = command.createHelp();
  const own: CommandWords = {
    path,
    commands: command.commands.map((below) => ({ name: below.name(), description: below.description() })),
    options: help.visibleOptions(command).flatMap((option) => {
      const { long, description, required, optional, argChoices = [] } = option;
      if (!long) return [];
      return [{ flag: long, description, takesValue: required || optional, choices: argChoices }];
    }),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  };
  return [own, ...command.commands.flatMap((below) => commandWords(below, `${path} ${below.name()}`.trim()))];
}
