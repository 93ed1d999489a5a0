import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const limitMs = 170_000;

test(
  'the whole bench works and says each of its figures under its name',
  async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [main, '--quick', '--rounds', '1', '--json'],
      {
        timeout: limitMs,
      },
    );

    const { machine, ...figures } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<
      string,
      unknown
    >;
    expect(machine).toEqual(expect.any(String));
    for (const name of names) expect(Object.keys(figures)).toContain(name);
    for (const figure of Object.values(figures)) {
      expect(figure).toEqual({
        median: expect.any(Number),
        min: expect.any(Number),
        max: expect.any(Number),
      });
      expect(Object.values(figure as object).every((value) => value > 0)).toBe(true);
    }
  },
  limitMs,
);

const names = [
  'pipeline.safe.cpuMicrosPerEntry',
  'pipeline.safe.entriesPerSecond',
  'pipeline.safe.peakRssMegabytes',
  'naive.cpuMicrosPerEntry',
  'naive.batched.cpuMicrosPerEntry',
  'floor.cpuMicrosPerEntry',
  'verify.cpuMicrosPerEntry',
  'rollback.cpuMicrosPerItem',
  'map.ordinary.cpuMicrosPerEntry',
  'map.ugly.cpuMicrosPerEntry',
  'ratio.naiveToSafe',
  'ratio.safeToFloor',
  'ratio.twoWorkersToOne',
  'growth.workers.2.cpuMicrosPerEntry',
];
