/**
 * Calls back once when whoever started this program with the argument `--exit-with-parent` is gone, killed ones too:
 * they hold the other end of its stdin, a pipe. Without that argument nothing happens.
 */
export function onParentEnd(args: readonly string[], stop: () => void): void {
  if (!args.includes('--exit-with-parent')) return;
  process.stdin.on('error', () => {});
  process.stdin.once('close', stop);
  process.stdin.resume();
  // A program that was asked to stop some other way must not stay for this pipe.
  if ('unref' in process.stdin) process.stdin.unref();
  // The parent's end of these pipes is gone with it: last words must not become a crash.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
