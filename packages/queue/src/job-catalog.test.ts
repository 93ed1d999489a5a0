import { type Task, taskId } from '@migrator/core';
import { oddIds } from '@migrator/devkit';
import { assert, constantFrom, integer, oneof, property, string, tuple } from 'fast-check';
import { expect, test } from 'vitest';

import { taskJobId } from './job-catalog.ts';

const run = 'migration-2026-11-27T10-00-00-000Z';
const jobId = (userId: string, hidden = false): string =>
  taskJobId(run, taskId({ type: 'user', userId }), hidden);

const anyUserId = oneof(
  string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  // Characters that the escape itself uses, and their neighbours.
  string({
    unit: constantFrom('~', '2', '0', 'f', ' ', '/', '%', ':', '.', '\ud83d', '\udcc8'),
    minLength: 1,
  }),
);
const anyTask = oneof(
  anyUserId.map((userId): Task => ({ type: 'user', userId })),
  tuple(integer({ min: 0, max: 99 }), integer({ min: 1, max: 99 })).map(([segment, of]): Task => ({
    type: 'segment',
    segment,
    of,
  })),
  tuple(integer({ min: 0, max: 99 }), integer({ min: 1, max: 99 })).map(([segment, of]): Task => ({
    type: 'segment',
    segment,
    of,
    rescan: true,
  })),
);

test('a job id names the user or the segment', () => {
  expect(jobId('alice')).toBe(`${run}.user.alice`);
  expect(jobId('auth0|5f7c')).toBe(`${run}.user.auth0~7c~5f7c`);
  expect(jobId('a b@c')).toBe(`${run}.user.a~20~b~40~c`);
  expect(taskJobId(run, 'segment:3/8:close')).toBe(`${run}.segment.3~2f~8~3a~close`);
  expect(jobId('alice', true)).toMatch(/\.user-[0-9a-f]{16}$/);
  expect(jobId('alice', true)).not.toContain('alice');
});

test('any two tasks have two job ids, of characters that are the same in every URL and Redis key', () => {
  assert(
    property(anyTask, anyTask, (one, other) => {
      const [left, right] = [taskJobId(run, taskId(one)), taskJobId(run, taskId(other))];
      expect(left).toMatch(/^[A-Za-z0-9._~-]+$/);
      expect(left === right).toBe(taskId(one) === taskId(other));
    }),
    { numRuns: 2_000 },
  );
  const longest = ['📈'.repeat(375), '/'.repeat(1_500), '中'.repeat(500)];
  const ids = [...oddIds, ...longest];
  expect(new Set(ids.map((id) => jobId(id))).size).toBe(ids.length);
  // A URL that holds the id stays below what Node takes as a request's head.
  for (const id of ids) expect(jobId(id).length).toBeLessThan(8_000);
});
