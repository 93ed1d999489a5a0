import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
export const limitMs = 170_000;

/** Runs these groups once over next to nothing; each figure must mean something. Returns their names. */
export async function runQuick(...groups: readonly string[]): Promise<string[]> {
  const only = groups.flatMap((group) => ['--only', group]);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [main, '--quick', '--rounds', '1', '--json', ...only],
    { timeout: limitMs },
  );
  const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
  const { machine, ...figures } = last;
  expect(machine).toEqual(expect.any(String));
  for (const [name, figure] of Object.entries(figures)) {
    expect(figure, name).toEqual({
      median: expect.any(Number),
      min: expect.any(Number),
      max: expect.any(Number),
    });
    // Of figures that mean nothing yet, the difference may be anything.
    if (name.startsWith('difference.')) continue;
    expect(
      Object.values(figure as object).every((value) => value > 0),
      name,
    ).toBe(true);
  }
  return Object.keys(figures);
}
