/**
 * Loaded before a program (`node --import`) that must not outlive its parent: asks it to end, as SIGTERM does, when its
 * stdin closes. That is a pipe from the parent, which the system also closes when the parent is killed.
 */
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.stdin.on('error', () => {});
  process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.resume();
  // The pipe alone must not keep the program from ending.
  if ('unref' in process.stdin) process.stdin.unref();
  // The parent's end of these pipes has closed: a last write must not become a crash.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
