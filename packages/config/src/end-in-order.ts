import { messageOf } from '@migrator/core';

/** The time limit of a program's shutdown: process managers kill ten seconds after their signal. */
const endLimitMs = 9_500;
/**
 * Signals within this time count as one: Ctrl-C reaches a program from the terminal and through its package manager.
 */
const sameRequestMs = 250;

/** The exit codes of programs ended by a signal. */
export const signalCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Returns a function that says whether a signal is a second request, which ends the program at once. */
export function secondRequest(): () => boolean {
  let first: number | undefined;
  return () => {
    first ??= performance.now();
    return performance.now() - first > sameRequestMs;
  };
}

/**
 * Installs a graceful shutdown: at a signal it calls `stop` and exits with 0. It exits with 1 if that takes more than
 * 9.5 seconds, and at once, with 128 plus the signal's number, at a second signal. The returned function ends the
 * program in the same way, with the given exit code.
 */
export function endInOrder(program: string, stop: () => Promise<void>): (exitCode?: number) => void {
  let ending = false;
  const fail = (why: string): never => {
    process.stderr.write(`${program}: ${why}\n`);
    process.exit(1);
  };
  const end = (exitCode = 0): void => {
    if (ending) return;
    ending = true;
    process.stderr.write(`${program}: stopping\n`);
    setTimeout(() => fail(`not all had ended after ${endLimitMs / 1_000} s; exiting anyway`), endLimitMs);
    stop().then(
      () => process.exit(exitCode),
      (error: unknown) => fail(messageOf(error)),
    );
  };
  const isSecond = secondRequest();
  for (const [signal, code] of Object.entries(signalCodes)) {
    process.on(signal, () => {
      if (isSecond()) process.exit(code);
      end();
    });
  }
  return end;
}

/** Ends a program that can't start, with a one-line message. */
export function endAtStart(error: unknown): never {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}
