import { setTimeout as delay } from 'node:timers/promises';

import { type MigrationApi, migrationApi } from '../migration-api.ts';
import { type ChildProgram, ProgramEndedError, startChildProgram } from './child-program.ts';

const apiFile = new URL('../../../api/src/main.ts', import.meta.url);
const workerFile = new URL('../../../worker/src/main.ts', import.meta.url);
const preferredPort = '5000';
const pollMs = 100;

/** What a program needs from this process's environment; the rest may point to somebody's real data. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG'];

export interface ProgramsOptions {
  /** What points them at the services. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Called for each program at once, before it is ready. */
  readonly onStart: (program: ChildProgram) => void;
  readonly onUnexpectedEnd: (error: ProgramEndedError) => void;
}

/** Starts the API (on port 5000 if that is free) and two workers; resolves when all are ready. */
export async function startPrograms(options: ProgramsOptions): Promise<{ url: string; api: MigrationApi }> {
  // Their logs are shown only where one of them ends: then what went wrong should stand there, not what went well.
  const env = { ...environment(process.env), LOG_LEVEL: 'warn', ...options.env };
  const start = (name: string, file: URL, extra: Record<string, string> = {}): ChildProgram => {
    options.signal.throwIfAborted();
    const program = startChildProgram({ name, file, env: { ...env, ...extra } });
    options.onStart(program);
    return program;
  };

  async function startApi(port: string): Promise<{ url: string; api: MigrationApi }> {
    const program = start('API', apiFile, { PORT: port });
    let url: string;
    try {
      [, url = ''] = await program.line(/^api: (http:\/\/[^\s/]+)/);
    } catch (error) {
      const taken =
        error instanceof ProgramEndedError && error.lastLines.some((line) => line.includes('EADDRINUSE'));
      if (taken && port === preferredPort) return startApi('0');
      throw error;
    }
    program.onUnexpectedEnd(options.onUnexpectedEnd);
    const api = migrationApi(url, options.signal);
    while (!(await api.isReady())) await delay(pollMs, undefined, { signal: options.signal });
    return { url, api };
  }

  async function startWorker(name: string): Promise<void> {
    const program = start(name, workerFile);
    await program.line(/^worker: ready/);
    program.onUnexpectedEnd(options.onUnexpectedEnd);
  }

  const [api] = await Promise.all([
    startApi(preferredPort),
    startWorker('first worker'),
    startWorker('second worker'),
  ]);
  return api;
}

function environment(from: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    inherited.flatMap((name) => {
      const value = from[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
