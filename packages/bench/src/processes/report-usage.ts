import { readFileSync } from 'node:fs';

/** The usage of a process so far. */
export interface Usage {
  /** User and system time of all its threads, microseconds. */
  readonly cpuMicros: number;
  /** The most memory it has had resident at once, bytes. */
  readonly peakRssBytes: number;
}

/**
 * Loaded before a program (`--import`) so that it reports its usage over the channel to the parent. The program itself
 * is not changed.
 */
process.on('message', (message: unknown) => {
  if (typeof message !== 'object' || message === null || !('usageAsked' in message)) return;
  const { user, system } = process.cpuUsage();
  const usage: Usage = { cpuMicros: user + system, peakRssBytes: peakRss() };
  process.send?.({ usageAsked: message.usageAsked, usage });
});
// The channel alone must not keep a program from ending.
process.channel?.unref();

function peakRss(): number {
  try {
    // The system's other figure begins with what the parent had when it started this process.
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not on Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
