import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';

import { ConfigError } from './config-error.ts';
import type { Config } from './config.ts';
import { readConfig } from './read-config.ts';

/**
 * For a program's first line: reads `.env` from the working directory where there is one (what is set already wins),
 * checks everything, and ends the process with one line where something is wrong.
 */
export function loadConfig(): Config {
  if (existsSync('.env')) loadEnvFile('.env');
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
