import { chaos as runChaos, describeChaos } from '@migrator/e2e';
import { messageOf } from '@migrator/core';

export interface ChaosCommandOptions {
  readonly seed: number;
  readonly faults: number;
  readonly entries: number;
  readonly json: boolean;
}

/** Runs the chaos test. Sets the exit code: 0 only if nothing was lost, wrong or counted twice. */
export async function chaos({ json, ...options }: ChaosCommandOptions): Promise<void> {
  const startedAt = performance.now();
  const log = (line: string): void => {
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7);
    process.stderr.write(`${seconds} s  ${line}\n`);
  };
  try {
    const result = await runChaos({ ...options, log });
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : describeChaos(result));
    process.exitCode = result.ok ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    if (json) process.stdout.write(`${JSON.stringify({ ok: false, error: String(error) })}\n`);
    process.exitCode = 1;
  }
}
