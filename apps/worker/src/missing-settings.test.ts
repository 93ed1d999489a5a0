import { startProgram } from '@migrator/devkit';
import { expect, it, onTestFinished } from 'vitest';

it.each(['api', 'worker'] as const)('%s tells all that is missing at once', async (main) => {
  const program = startProgram({ main, env: { REDIS_URL: 'redis://127.0.0.1:1', LOG_LEVEL: 'silent' } });
  onTestFinished(() => program.kill());
  expect(await program.ended).toBe(1);
  expect(program.stderr.trim().split('\n')).toEqual([
    expect.stringContaining('GOOGLE_CLOUD_PROJECT'),
    expect.stringContaining('AWS_REGION'),
    expect.stringContaining('REDIS_URL'),
  ]);
});
