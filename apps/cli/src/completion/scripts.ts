import type { CommandWords } from './command-words.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** A script that completes the commands, options and choices of a program, and elsewhere the names of files. */
export function completionScript(shell: Shell, program: string, all: readonly CommandWords[]): string {
  const write = { bash, zsh, fish }[shell];
  return write(program, all);
}

/** Both shells find the command by the words before the cursor that name one. */
function bash(program: string, all: readonly CommandWords[]): string {
  const name = functionName(program);
  const paths = all.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const values = Map.groupBy(
    all.flatMap(({ path, options }) =>
      options
        .filter(({ takesValue }) => takesValue)
        .map((option) => ({ ...option, at: `${path}:${option.flag}` })),
    ),
    ({ choices }) => choices.join(' '),
  );
  const valueCases = [...values].map(
    ([choices, options]) =>
      `    ${options.map(({ at }) => quoted(at)).join(' | ')}) words=${quoted(choices)} ;;\n`,
  );
  const words = all.map(({ path, commands, options, choices }) => {
    const following = [
      ...commands.map((command) => command.name),
      ...choices,
      ...options.map(({ flag }) => flag),
    ];
    return `    ${quoted(path)}:*) words=${quoted(following.join(' '))} ;;\n`;
  });
  return `# Completion of ${program} in bash.
${name}() {
  local at='' words='' word
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    case "\${at:+$at }$word" in
    ${paths.join(' | ')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at:\${COMP_WORDS[$((COMP_CWORD - 1))]}" in
${valueCases.join('')}${words.join('')}  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F ${name} ${program}
`;
}

/** zsh runs the completions of bash. */
function zsh(program: string, all: readonly CommandWords[]): string {
  return `autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${bash(program, all)}`;
}

function fish(program: string, all: readonly CommandWords[]): string {
  const name = functionName(program);
  const paths = all.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const lines = all.flatMap(({ path, commands, options, choices }) => {
    const line = (rest: string): string =>
      `complete -c ${program} -n ${quoted(`${name}_at ${path}`.trim())} ${rest}\n`;
    return [
      ...commands.map((command) => line(`-f -a ${command.name} -d ${quoted(command.description)}`)),
      ...(choices.length === 0 ? [] : [line(`-f -a ${quoted(choices.join(' '))}`)]),
      ...options.map(({ flag, description, takesValue, choices: values }) => {
        const value = values.length > 0 ? ` -x -a ${quoted(values.join(' '))}` : takesValue ? ' -r' : '';
        return line(`-l ${flag.slice(2)} -d ${quoted(description)}${value}`);
      }),
    ];
  });
  return `# Completion of ${program} in fish.
function ${name}_at
    set -l at
    for word in (commandline -opc)[2..-1]
        contains -- "$at$word" ${paths.join(' ')}; and set at "$at$word "
    end
    test (string trim -- "$at") = "$argv"
end
${lines.join('')}`;
}

function functionName(program: string): string {
  return `_${program.replaceAll(/\W/g, '_')}`;
}

/** Quotes text for all three shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
