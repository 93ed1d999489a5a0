import { secondRequest, signalCodes } from '@migrator/config';

import { watchRunner } from './watch-runner.ts';

/** A person, or the system, wants this process to end. */
export class StopRequest extends Error {
  override readonly name = 'StopRequest';
  /** What a shell expects of a program that was stopped that way before it was done. */
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('Stopped before the end.');
    this.exitCode = exitCode;
  }
}

/**
 * Calls back at each request to end this process: by a signal, by ending the package manager that runs it, or
 * by closing its stdout. That may be more than once: Ctrl-C reaches a script both from the terminal and through pnpm. A
 * second signal later than that ends the process at once: its services and programs end with it.
 */
export async function onStopRequest(stop: (request: StopRequest) => void): Promise<void> {
  const isSecond = secondRequest();
  for (const [signal, exitCode] of Object.entries(signalCodes)) {
    process.on(signal, () => {
      if (isSecond()) process.exit(exitCode);
      stop(new StopRequest(exitCode));
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => stop(new StopRequest(signalCodes.SIGHUP)));
  }
  await watchRunner(process.env, () => stop(new StopRequest(signalCodes.SIGTERM)));
}
