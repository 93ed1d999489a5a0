import { type AnyVariable, variables } from './variables.ts';

/**
 * For a program that is configured by the environment alone: `--help` tells how and ends it, and any other argument ends
 * it with a sentence.
 */
export function requireNoArguments(program: string, does: string): void {
  const args = process.argv.slice(2);
  const [first] = args;
  if (first === undefined) return;
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(helpOf(program, does));
    process.exit(0);
  }
  process.stderr.write(
    `${program}: '${first}' is not known; it takes no arguments, only variables (--help lists them)\n`,
  );
  process.exit(2);
}

export function helpOf(program: string, does: string): string {
  const known = Object.entries(variables as Readonly<Record<string, AnyVariable>>);
  const lines = known.map(([name, { holds }]) => `  ${name}\n      ${holds}\n`);
  return (
    `Usage: pnpm ${program}\n\n${does}\n\n` +
    "It is configured by the environment, or a .env file in the working directory, and by Google's and AWS's\n" +
    `own variables. README.md and .env.example say what each is for.\n\n${lines.join('')}`
  );
}
