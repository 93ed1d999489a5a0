import { expect, test } from 'vitest';

import { SharedExclusiveLock } from './shared-exclusive-lock.ts';

function stage(): {
  log: string[];
  work: (name: string) => { done: () => void; run: (signal?: AbortSignal) => Promise<string> };
} {
  const log: string[] = [];
  return {
    log,
    work(name) {
      const turn = Promise.withResolvers<void>();
      return {
        done: turn.resolve,
        async run(signal) {
          log.push(`${name} begins`);
          signal?.addEventListener('abort', () => log.push(`${name} is asked to go`));
          await turn.promise;
          log.push(`${name} ends`);
          return name;
        },
      };
    },
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('exclusive work waits for those there are, and those that come wait for it', async () => {
  const lock = new SharedExclusiveLock();
  const { log, work } = stage();
  const [first, second, exclusive, third] = ['first', 'second', 'exclusive', 'third'].map(work);
  if (!first || !second || !exclusive || !third) throw new TypeError('four were made');
  const firstRun = lock.shared(first.run);
  const secondRun = lock.shared(second.run);
  const exclusiveRun = lock.exclusive(exclusive.run);
  const thirdRun = lock.shared(third.run);
  await settled();
  expect(log).toEqual(['first begins', 'second begins', 'first is asked to go', 'second is asked to go']);
  first.done();
  await firstRun;
  await settled();
  expect(log).not.toContain('exclusive begins');
  second.done();
  await secondRun;
  await settled();
  expect(log.slice(-2)).toEqual(['second ends', 'exclusive begins']);
  exclusive.done();
  expect(await exclusiveRun).toBe('exclusive');
  await settled();
  expect(log.at(-1)).toBe('third begins');
  third.done();
  expect(await thirdRun).toBe('third');
  expect(log).not.toContain('third is asked to go');
});

test('several take turns, and a failure of one holds no other up', async () => {
  const lock = new SharedExclusiveLock();
  const log: string[] = [];
  const failing = lock.exclusive(async () => {
    await settled();
    log.push('one');
    throw new Error('broken');
  });
  const other = lock.exclusive(async () => log.push('two'));
  const among = lock.shared(async () => log.push('three'));
  await expect(failing).rejects.toThrow('broken');
  await Promise.all([other, among]);
  expect(log).toEqual(['one', 'two', 'three']);
});
