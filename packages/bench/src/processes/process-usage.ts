import { readFile } from 'node:fs/promises';
import type { Usage } from './report-usage.ts';

/** Linux tells every program that a second has so many ticks. */
const ticksPerSecond = 100;

/** What a process that is none of Node's has used up so far, by Linux's /proc. Throws where there is none. */
export async function processUsage(pid: number): Promise<Usage> {
  const [stat, status] = await Promise.all(
    ['stat', 'status'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
  );
  // The name in parentheses may hold spaces. After it utime and stime are the 12th and 13th.
  const fields = stat!.slice(stat!.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const kilobytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(status!)?.[1]);
  return { cpuMicros: (ticks / ticksPerSecond) * 1_000_000, peakRssBytes: kilobytes * 1024 };
}
