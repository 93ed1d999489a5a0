import { messageOf, MigrationError } from '@migrator/core';
import { ApiError } from '@migrator/runtime/api-client';

import { onStopRequest, type StopRequest } from '../stop-requests.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';

export interface Session {
  /** Where everything but the result's JSON goes. */
  readonly screen: NodeJS.WriteStream;
  readonly json: boolean;
  /** Aborts at Ctrl-C and the like. */
  readonly signal: AbortSignal;
}

export interface Outcome {
  /** For `--json`. */
  readonly value: object;
  /** The output for the terminal. */
  readonly text: string;
  readonly exitCode?: number;
}

/** Runs a command's work, prints what came of it, and sets the exit code. `afterStop`: what to say after Ctrl-C. */
export async function runCommand(
  { json }: { readonly json: boolean },
  work: (session: Session) => Promise<Outcome>,
  afterStop = 'The operation continues in the API and the workers.',
): Promise<void> {
  const stopping = new AbortController();
  await onStopRequest((request) => stopping.abort(request));
  const screen = json ? process.stderr : process.stdout;
  try {
    const { value, text, exitCode } = await work({ screen, json, signal: stopping.signal });
    process.exitCode = exitCode ?? exitCodes.done;
    process.stdout.write(json ? `${JSON.stringify(value)}\n` : ensureNewline(text));
  } catch (error) {
    const stop = stopping.signal.reason as StopRequest | undefined;
    process.exitCode = stop === undefined ? exitCodeOf(error) : stop.exitCode;
    const message = stop === undefined ? explain(error) : `Stopped. ${afterStop}`;
    process.stderr.write(`${message}\n`);
    if (json) process.stdout.write(`${JSON.stringify({ error: message, ...problemOf(error) })}\n`);
  }
}

function ensureNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return messageOf(error);
  return `${error.message}${adviceFor(error)}`;
}

function adviceFor({ status }: ApiError): string {
  if (status === undefined) return '. Start it with `pnpm api`, or say where it is with --url.';
  if (status === 401) return '. Give its token with --token or API_TOKEN.';
  return '';
}

function problemOf(error: unknown): object {
  if (error instanceof MigrationError) return { code: error.code };
  if (!(error instanceof ApiError) || error.problem === undefined) return {};
  const { code, status } = error.problem;
  return { code, status };
}
