import { setTimeout as delay } from 'node:timers/promises';

import { type Program, ProgramError, startProgram } from '@migrator/devkit';
import { type ApiClient, createApiClient } from '@migrator/runtime';

const pollMs = 100;

export interface ProgramsOptions {
  /** The variables that configure them for the services. */
  readonly env: Readonly<Record<string, string>>;
  /** The API's port, if it is free. */
  readonly port: number;
  /** Called with the URL if the API has to use another port. */
  readonly onPortTaken: (url: string) => void;
  readonly signal: AbortSignal;
  /** Called for each program at once, before it is ready. */
  readonly onStart: (program: Program) => void;
  readonly onUnexpectedEnd: (error: ProgramError) => void;
}

/** Starts the API and two workers; resolves when all are ready. */
export async function startPrograms(options: ProgramsOptions): Promise<{ url: string; api: ApiClient }> {
  // Log only warnings: logs are shown only if a program ends.
  const env = { LOG_LEVEL: 'warn', ...options.env };
  const start = (name: string, main: 'api' | 'worker', extra: Record<string, string> = {}): Program => {
    options.signal.throwIfAborted();
    const { onUnexpectedEnd } = options;
    const program = startProgram({ name, main, env: { ...env, ...extra }, onUnexpectedEnd });
    options.onStart(program);
    return program;
  };

  async function startApi(port: number): Promise<{ url: string; api: ApiClient }> {
    const program = start('The API', 'api', { PORT: String(port) });
    let url: string;
    try {
      [, url = ''] = await program.line(/^api: (http:\/\/[^\s/]+)/);
    } catch (error) {
      const taken =
        error instanceof ProgramError && error.lastLines.some((line) => line.includes('EADDRINUSE'));
      if (taken && port !== 0) return startApi(0);
      throw error;
    }
    if (port !== options.port) options.onPortTaken(url);
    const api = createApiClient({ url, signal: options.signal });
    while (!(await api.isReady())) await delay(pollMs, undefined, { signal: options.signal });
    return { url, api };
  }

  async function startWorker(name: string): Promise<void> {
    await start(name, 'worker').line(/^worker: ready/);
  }

  const [api] = await Promise.all([
    startApi(options.port),
    startWorker('The first worker'),
    startWorker('The second worker'),
  ]);
  return api;
}
