import { expect, inject, test } from 'vitest';

import { startProgram } from './testing/programs.ts';
import { startRun } from './testing/start-run.ts';

test('SIGTERM in the middle: what runs is handed back, the process exits 0, another goes on and the totals add up', async () => {
  await using run = await startRun({ users: 6, entriesPerUser: 400 });
  const first = run.worker();
  await run.progress(200);
  first.signal('SIGTERM');
  expect(await first.ended).toBe(0);
  const before = await run.totals();
  expect(before.created).toBeLessThan(2_400);
  run.worker();
  expect(await run.end()).toEqual({ created: 2_400, failed: 0, completed: 6 });
}, 150_000);

test('SIGKILL in the middle: another worker takes over from the checkpoint, and every entry counts once', async () => {
  await using run = await startRun({ users: 4, entriesPerUser: 700 });
  const first = run.worker();
  await run.progress(300);
  await first.kill();
  run.worker();
  run.worker();
  expect(await run.end()).toEqual({ created: 2_800, failed: 0, completed: 4 });
}, 150_000);

test('a wrong variable stops it at start with one line that says what it may hold', async () => {
  const program = startProgram('worker', { USER_CONCURRENCY: 'many' });
  expect(await program.ended).toBe(2);
  expect(program.stderr).toBe('USER_CONCURRENCY holds "many"; it may hold a whole number from 1 to 1000\n');
});

test('without a project it says at start, in one line, what to set', async () => {
  const program = startProgram('worker', {
    ...inject('services'),
    GOOGLE_CLOUD_PROJECT: '',
    LOG_LEVEL: 'silent',
  });
  expect(await program.ended).toBe(1);
  expect(program.stderr).toMatch(/^No Google Cloud project is configured: set GOOGLE_CLOUD_PROJECT[^\n]*\n$/);
});
