import { readText } from './pages.ts';

/** One command of a page's shell blocks. */
export interface ShellCommand {
  /** `README.md:12: curl …` */
  readonly name: string;
  readonly page: string;
  /** As it stands there, comments and continued lines included. */
  readonly text: string;
}

/** The commands of a page, in their order. */
export function shellCommands(page: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let inShell = false;
  let lines: string[] = [];
  for (const [index, line] of readText(page).split('\n').entries()) {
    const fence = /^\s*```(\w*)/.exec(line);
    if (fence !== null) inShell = /^(?:bash|sh|shell)$/.test(fence[1] ?? '');
    else if (inShell && line.trim() !== '') {
      lines.push(line.trim());
      if (line.endsWith('\\')) continue;
      const text = lines.join('\n');
      const number = index + 2 - lines.length;
      const brief = text.replaceAll(/ *\\\n/g, ' ').replace(/ +# .*$/, '');
      if (!text.startsWith('#')) commands.push({ name: `${page}:${number}: ${brief}`, page, text });
      lines = [];
    }
  }
  return commands;
}

/** What later commands of the same page need: shorthands. Settings are the environment's. */
export function isDefinition({ text }: ShellCommand): boolean {
  return /^(?:alias|export) /.test(text);
}
