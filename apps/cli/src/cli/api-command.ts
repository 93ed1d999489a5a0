import { loadEnvFile } from '@migrator/config';
import { type ApiClient, createApiClient } from '@migrator/runtime/api-client';
import { Command } from 'commander';

import { UsageError } from './exit-codes.ts';
import { type Outcome, runCommand, type Session } from './run-command.ts';

/** All pages of a list, the first one first. */
export async function allPages<Page extends { readonly nextCursor: string | null }>(
  read: (cursor: string | undefined) => Promise<Page>,
): Promise<[Page, ...Page[]]> {
  const first = await read(undefined);
  const pages: [Page, ...Page[]] = [first];
  for (let { nextCursor } = first; nextCursor !== null;) {
    const page = await read(nextCursor);
    pages.push(page);
    nextCursor = page.nextCursor;
  }
  return pages;
}

export interface ApiSession extends Session {
  readonly api: ApiClient;
}

interface ApiOptions {
  readonly url?: string;
  readonly token?: string;
  readonly json: boolean;
}

/**
 * A command that calls the API, with the options that all of these have. `work` gets the command's options, and then its
 * arguments.
 */
export function apiCommand(
  usage: string,
  description: string,
  work: (session: ApiSession, options: never, ...args: never[]) => Promise<Outcome>,
): Command {
  const [name, ...args] = usage.split(' ');
  const command = new Command(name);
  for (const argument of args) command.argument(argument);
  return command
    .description(description)
    .option('--url <url>', 'where the API is (MIGRATION_API_URL; by default this machine at PORT or 5000)')
    .option('--token <token>', 'its API_TOKEN or API_READ_TOKEN (API_TOKEN)')
    .option('--json', 'one JSON object on the last line of stdout', false)
    .action(async (...given: unknown[]) => {
      // Commander gives the arguments, then the options and the command.
      const options = given.at(-2) as ApiOptions;
      await runCommand(options, (session) => {
        const api = createApiClient({ ...whereTo(options), signal: session.signal });
        return work({ ...session, api }, options as never, ...(given.slice(0, -2) as never[]));
      });
    });
}

function whereTo({ url, token }: ApiOptions): { url: string; token?: string } {
  loadEnvFile();
  const { MIGRATION_API_URL: fromEnv, API_TOKEN, PORT } = process.env;
  const found = url ?? (fromEnv || `http://127.0.0.1:${PORT || '5000'}`);
  if (!URL.canParse(found) || !/^https?:$/.test(new URL(found).protocol))
    throw new UsageError(`'${found}' is no URL of an API; write it as http://127.0.0.1:5000`);
  const given = token ?? API_TOKEN;
  return { url: withoutEndingSlashes(found), ...(given ? { token: given } : {}) };
}

function withoutEndingSlashes(url: string): string {
  return url.endsWith('/') ? withoutEndingSlashes(url.slice(0, -1)) : url;
}
