import { startProgram } from '@migrator/devkit';
import { expect, it, onTestFinished } from 'vitest';

it.each([
  ['api', '--help', 0, ['Serves the HTTP API', 'DYNAMODB_TABLE', 'REDIS_URL']],
  ['worker', '-h', 0, ['Does the jobs', 'USER_CONCURRENCY']],
  ['api', '--port=1', 2, ["api: '--port=1' is not known"]],
  ['worker', 'start', 2, ["worker: 'start' is not known"]],
] as const)('%s %s ends with %i and says what it takes', async (main, arg, code, words) => {
  const program = startProgram({ main, args: [arg] });
  onTestFinished(() => program.kill());
  expect(await program.ended).toBe(code);
  for (const word of words) expect(program.output).toContain(word);
});
