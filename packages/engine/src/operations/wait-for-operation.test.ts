import { expect, test } from 'vitest';

import { waitForOperation } from './wait-for-operation.ts';

const running = { state: 'running' };
const completed = { state: 'completed' };

/** Answers one after the other; an Error is thrown. */
function pollOf(...views: readonly ({ state: string } | undefined | Error)[]) {
  const left = [...views];
  return async () => {
    const view = left.length > 1 ? left.shift() : left[0];
    if (view instanceof Error) throw view;
    return view;
  };
}

test('resolves with the operation once it is over, and tells of it while it runs', async () => {
  const seen: unknown[] = [];
  const onPoll = (view: unknown): void => void seen.push(view);
  const poll = pollOf(running, running, completed);
  expect(await waitForOperation(poll, { everyMs: 1, onPoll })).toBe(completed);
  expect(seen).toEqual([running, running]);
});

test('resolves with undefined where the operation is not known', async () => {
  expect(await waitForOperation(pollOf(undefined))).toBeUndefined();
});

test('resolves with the operation as it is after the limit, and with the signal', async () => {
  expect(await waitForOperation(pollOf(running), { limitMs: 0 })).toBe(running);
  const stop = new AbortController();
  const waiting = waitForOperation(pollOf(running), {
    everyMs: 60_000,
    signal: stop.signal,
    onPoll: () => void setImmediate(() => stop.abort()),
  });
  expect(await waiting).toBe(running);
});

test('what a poll throws is thrown, unless onError returns', async () => {
  const away = new Error('away');
  await expect(waitForOperation(pollOf(away))).rejects.toBe(away);
  const errors: unknown[] = [];
  const options = { everyMs: 1, onError: (error: unknown): void => void errors.push(error) };
  expect(await waitForOperation(pollOf(running, away, completed), options)).toBe(completed);
  expect(errors).toEqual([away]);
});

test('what onPoll throws ends the wait, whatever onError says', async () => {
  const stuck = new Error('stuck');
  const onPoll = (): never => {
    throw stuck;
  };
  await expect(waitForOperation(pollOf(running), { onPoll, onError: () => undefined })).rejects.toBe(stuck);
});
