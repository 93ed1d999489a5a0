/**
 * Calls back once when the parent process has ended, also when it was killed. The parent starts this program with the
 * argument `--exit-with-parent` and holds the other end of its stdin, a pipe. Without the argument nothing happens.
 */
export function onParentEnd(args: readonly string[], stop: () => void): void {
  if (!args.includes('--exit-with-parent')) return;
  process.stdin.on('error', () => {});
  process.stdin.once('close', stop);
  process.stdin.resume();
  // A program that was asked to stop some other way must not stay for this pipe.
  if ('unref' in process.stdin) process.stdin.unref();
  // The parent's end of these pipes is closed by then: a write to them must not crash this process.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
