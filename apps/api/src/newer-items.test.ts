import { expect, test } from 'vitest';

import { at, openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';
import { change, fill, type Item } from './testing/table-items.ts';

const wait = { headers: { Prefer: 'wait=50' } };
const dayMs = 24 * 60 * 60 * 1_000;
const keys = ['ann_1', 'ann_2', 'ann_3', 'ann_4', 'ann_5', 'bob_1', 'bob_2', 'bob_3'];

/** As a run whose clock was so far ahead would have left it, and not as its entry is now. */
function fromAhead(item: Item, ms: number): void {
  const migratedAt = { S: new Date(Date.now() + ms).toISOString() };
  const { metadata, trades } = item['data']?.M ?? {};
  Object.assign(metadata?.M ?? {}, { migratedAt });
  Object.assign(trades ?? {}, { L: [] });
  item['updatedAt'] = migratedAt;
}

async function migrated(): Promise<TestEnvironment> {
  const environment = await openTestEnvironment();
  await fill(environment, 1);
  await environment.call('POST /start', wait);
  return environment;
}

test('with a lost ledger and a clock that is behind, a run starts after the newest item and repairs', async () => {
  await using environment = await migrated();
  for (const key of keys) await change(environment, `journal_${key}`, (item) => fromAhead(item, dayMs));
  const { GOOGLE_CLOUD_PROJECT } = environment.env;
  await using other = await openTestEnvironment({
    env: { GOOGLE_CLOUD_PROJECT, DYNAMODB_TABLE: environment.table },
  });
  const before = Date.now();
  const dry = await other.call('POST /start', { ...wait, body: { dryRun: true } });
  expect(dry.body).toMatchObject({ stats: { repairedCount: 8, newerCount: 0 } });
  const { body } = await other.call('POST /start', wait);
  expect(body).toMatchObject({
    state: 'completed',
    stats: { repairedCount: 8, newerCount: 0 },
    verification: { isValid: true },
  });
  expect(Date.parse(String(at(body, 'stats.startTime')))).toBeGreaterThan(before + dayMs - 60_000);
  // The clock is still behind; the ledger knows by now where the starts are.
  const again = await other.call('POST /start', wait);
  expect(again.body).toMatchObject({ stats: { skippedCount: 8, newerCount: 0 } });
});

test('newer items that the preflight did not meet are counted with advice, and the next run repairs them', async () => {
  await using environment = await migrated();
  for (const [index, key] of ['ann_1', 'bob_3'].entries())
    await change(environment, `journal_${key}`, (item) => fromAhead(item, dayMs * (index + 1)));
  const first = await environment.call('POST /start', wait);
  expect(first.body).toMatchObject({ stats: { totalProcessed: 8, skippedCount: 8, newerCount: 2 } });
  const id = String(at(first.body, 'migrationId'));
  expect((await environment.call(`GET /migrations/${id}`)).body).toMatchObject({
    advice: expect.stringContaining('start again'),
  });
  const second = await environment.call('POST /start', wait);
  expect(second.body).toMatchObject({
    stats: { repairedCount: 2, newerCount: 0 },
    verification: { isValid: true },
  });
});

test('an item from a year that no clock shows does not take later runs along', async () => {
  await using environment = await migrated();
  const { GOOGLE_CLOUD_PROJECT } = environment.env;
  await change(environment, 'journal_ann_1', (item) => fromAhead(item, 8_000 * 365 * dayMs - Date.now()));
  await using other = await openTestEnvironment({
    env: { GOOGLE_CLOUD_PROJECT, DYNAMODB_TABLE: environment.table },
  });
  for (let run = 0; run < 2; run += 1) {
    const { body } = await other.call('POST /start', wait);
    expect(body).toMatchObject({ stats: { skippedCount: 8, newerCount: 1 } });
    expect(Date.parse(String(at(body, 'stats.startTime')))).toBeLessThan(Date.now() + 60_000);
  }
});
