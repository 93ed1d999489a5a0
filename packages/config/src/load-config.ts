import { ConfigError } from './config-error.ts';
import type { Config } from './config.ts';
import { readEnvFile } from './env-file.ts';
import { readConfig } from './read-config.ts';
import { requireNoMistypedName } from './similar-names.ts';

const envFile = '.env';

/** Reads `.env` from the working directory where there is one, into the environment; what is set already wins. */
export function loadEnvFile(): Readonly<Record<string, string>> | undefined {
  const fromFile = readEnvFile(envFile);
  for (const [name, value] of Object.entries(fromFile ?? {})) process.env[name] ??= value;
  return fromFile;
}

/** As `loadConfig`, and throws the ConfigError. */
export function requireConfig(check: (config: Config) => void = () => undefined): Config {
  const fromFile = loadEnvFile();
  requireNoMistypedName(process.env, fromFile && { path: envFile, names: Object.keys(fromFile) });
  const config = readConfig(process.env);
  check(config);
  return config;
}

/**
 * For a program's first line: reads `.env` from the working directory where there is one (what is set already wins),
 * checks everything, and ends the process with one line where something is wrong. `check` may throw a ConfigError of the program's own.
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
