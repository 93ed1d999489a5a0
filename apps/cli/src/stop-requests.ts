import { secondRequest, signalCodes } from '@migrator/config';

import { watchRunner } from './watch-runner.ts';

/** A request to end this process. */
export class StopRequest extends Error {
  override readonly name = 'StopRequest';
  /** The exit code for this kind of request. */
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('Stopped before the end.');
    this.exitCode = exitCode;
  }
}

/**
 * Calls back for each request to end this process: a signal, the end of the package manager that runs it, or a closed
 * stdout. There may be several for one: Ctrl-C reaches a script from the terminal and through pnpm. A second signal
 * later than that ends the process at once, with its services and programs.
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
