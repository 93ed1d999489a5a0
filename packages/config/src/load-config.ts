import { ConfigError } from './config-error.ts';
import type { Config } from './config.ts';
import { readEnvFile } from './env-file.ts';
import { readConfig } from './read-config.ts';
import { requireNoMistypedName } from './similar-names.ts';
import { type AnyVariable, variables } from './variables.ts';

const envFile = '.env';

/**
 * Reads `.env` from the working directory, if there is one, into the environment. Variables that are already set win.
 */
export function loadEnvFile(): Readonly<Record<string, string>> | undefined {
  const fromFile = readEnvFile(envFile);
  for (const [name, value] of Object.entries(fromFile ?? {})) process.env[name] ??= value;
  return fromFile;
}

/** As `loadConfig`, but throws the ConfigError. */
export function requireConfig(check: (config: Config) => void = () => undefined): Config {
  const fromFile = loadEnvFile();
  requireNoMistypedName(process.env, fromFile && { path: envFile, names: Object.keys(fromFile) });
  const config = readConfig(process.env);
  check(config);
  return config;
}

/**
 * Reads `.env` (see `loadEnvFile`) and the environment, and returns the validated configuration. Ends the process
 * with a one-line message if a value is wrong. `check` may throw further ConfigErrors.
 */
export function loadConfig(check?: (config: Config) => void): Config {
  try {
    return requireConfig(check);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

/**
 * For a program without arguments: `--help` prints its variables and exits; any other argument ends it with a
 * message.
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

function helpOf(program: string, does: string): string {
  const known = Object.entries(variables as Readonly<Record<string, AnyVariable>>);
  const lines = known.map(([name, { holds }]) => `  ${name}\n      ${holds}\n`);
  return (
    `Usage: pnpm ${program}\n\n${does}\n\n` +
    "It is configured by the environment, or a .env file in the working directory, and by Google's and AWS's\n" +
    `own variables. README.md and .env.example say what each is for.\n\n${lines.join('')}`
  );
}
