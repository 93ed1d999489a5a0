import { messageOf } from '@migrator/core';

/** How long everything at a program's end may take together. Supervisors kill ten seconds after their signal. */
const endLimitMs = 9_500;
/** Ctrl-C reaches a program twice: from the terminal, and through the package manager that runs it. */
const sameRequestMs = 250;

/** What a shell shows for a program that a signal has ended. */
export const signalCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Tells whether a signal is a second request, which ends the program at once. */
export function secondRequest(): () => boolean {
  let first: number | undefined;
  return () => {
    first ??= performance.now();
    return performance.now() - first > sameRequestMs;
  };
}

/**
 * Makes this program end in order: at a signal it calls `stop` and exits with 0. After 9.5 seconds it exits with 1, done
 * or not; at a second signal at once, with 128 and the signal's number. What is given back ends the program the same way,
 * with a code of its own.
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
    setTimeout(
      () => fail(`not all had ended after ${endLimitMs / 1_000} s; ended without the rest`),
      endLimitMs,
    );
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

/** Ends a program that can't begin, with one line that says why. */
export function endAtStart(error: unknown): never {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}
