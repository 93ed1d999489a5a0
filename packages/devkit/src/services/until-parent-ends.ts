/**
 * Calls back once when whoever started this process closes its stdin, which the system also does when that process is
 * killed, or when this process is asked to end by a signal.
 */
export function untilParentEnds(end: () => void): void {
  let called = false;
  const once = (): void => {
    if (called) return;
    called = true;
    end();
  };
  process.stdin.once('end', once).once('close', once).once('error', once);
  process.stdin.resume();
  // The parent's end of these pipes may be gone before ours notices.
  process.stdout.on('error', once);
  process.stderr.on('error', once);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, once);
}
