import { MigrationError } from '@migrator/core';
import { sampleBinding } from '@migrator/devkit';
import { expect, test } from 'vitest';

import { createMemoryLedger } from '../memory-ledger/memory-ledger.ts';
import { waitForEnd } from './wait-for-end.ts';

const request = { kind: 'migration', dryRun: false, verify: true, prune: false } as const;

test('a run that has paused itself rejects with its reason', async () => {
  const ledger = createMemoryLedger();
  const { operation } = (await ledger.open(request, { now: new Date(), binding: sampleBinding })) as {
    operation: { id: string };
  };
  await ledger.control(operation.id, 'pause', 'ACCESS_DENIED: no write permission');
  await expect(waitForEnd(ledger, operation.id, {})).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    message: 'no write permission',
  });
});

test.each([undefined, 'paused on Bull Board; resume it there'])(
  'a run that a person has paused (%s) is waited for',
  async (reason) => {
    const ledger = createMemoryLedger();
    const { operation } = (await ledger.open(request, { now: new Date(), binding: sampleBinding })) as {
      operation: { id: string };
    };
    await ledger.control(operation.id, 'pause', reason);
    const states: string[] = [];
    const ended = waitForEnd(ledger, operation.id, {
      onProgress: ({ state }) => {
        states.push(state);
        void ledger.close(operation.id, { state: 'cancelled', now: new Date() });
      },
    });
    expect(await ended).toMatchObject({ state: 'cancelled' });
    expect(states).toEqual(['paused']);
  },
);

test('an error that passes is waited out; one that does not pass ends the wait', async () => {
  const ledger = createMemoryLedger();
  const { operation } = (await ledger.open(request, { now: new Date(), binding: sampleBinding })) as {
    operation: { id: string };
  };
  let errors = 0;
  const ended = waitForEnd(ledger, operation.id, {
    meanwhile: async () => {
      throw new Error('away');
    },
    onError: async () => {
      errors += 1;
      if (errors === 3) throw new MigrationError('REDIS_UNAVAILABLE', 'gone');
    },
  });
  await expect(ended).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  expect(errors).toBe(3);
});
