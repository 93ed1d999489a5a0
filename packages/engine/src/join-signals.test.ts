import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { joinSignals } from './join-signals.ts';

test.each([0, 1])('the one that aborts aborts the joined signal, for its reason', (which) => {
  const sources = [new AbortController(), new AbortController()];
  const { signal } = joinSignals(...sources.map((source) => source.signal));
  expect(signal.aborted).toBe(false);
  sources[which]?.abort('stop');
  expect(signal.reason).toBe('stop');
  sources[1 - which]?.abort('too late');
  expect(signal.reason).toBe('stop');
});

test('it is aborted from the start where one of them is', () => {
  const { signal } = joinSignals(new AbortController().signal, AbortSignal.abort('before'));
  expect(signal.reason).toBe('before');
});

test('once disposed, it listens to nothing and keeps nothing', () => {
  const source = new AbortController();
  const joined = joinSignals(source.signal, AbortSignal.abort());
  joined[Symbol.dispose]();
  expect(getEventListeners(source.signal, 'abort')).toEqual([]);
  const other = joinSignals(source.signal);
  other[Symbol.dispose]();
  source.abort();
  expect([joined.signal.aborted, other.signal.aborted]).toEqual([true, false]);
});
