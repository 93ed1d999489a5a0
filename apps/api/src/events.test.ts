import { expect, test } from 'vitest';

import { basePath } from './api-context.ts';
import { openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';

interface Event {
  readonly id: string;
  readonly name: string;
  readonly data: {
    currentStatus?: { state: string; notice: string | null };
    state?: string;
    lastMigration?: { state: string } | null;
  };
}

test('events tell each change of state and the progress in between, and what was missed', async () => {
  await using environment = await openTestEnvironment();
  const writer = environment.firestore.bulkWriter();
  for (let day = 0; day < 400; day += 1)
    void writer.set(environment.firestore.doc(`users/ann/trading-journal/${day}`), { trades: [day] });
  await writer.close();

  const seen: Event[] = [];
  const listening = listen(
    environment,
    seen,
    undefined,
    (event) => event.data.lastMigration?.state === 'completed',
  );
  await expect.poll(() => seen.length, { timeout: 5_000 }).toBeGreaterThan(0);
  await environment.call('POST /start', { headers: { Prefer: 'wait=40' } });
  await listening;
  const states = seen.filter(({ name }) => name === 'state');
  expect(states[0]?.data).toMatchObject({ currentStatus: { state: 'idle' }, lastMigration: null });
  expect(states.at(-1)?.data).toMatchObject({
    currentStatus: { state: 'idle' },
    lastMigration: { state: 'completed' },
  });
  expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);

  const again: Event[] = [];
  await listen(environment, again, states[0]?.id, (event) => event.id === states.at(-1)?.id);
  expect(again.filter(({ name }) => name === 'state').map(({ id }) => id)).toEqual(
    states.slice(1).map(({ id }) => id),
  );
});

test('a state event says what the status says: also a rollback, a verdict or a notice that came between two looks', async () => {
  await using environment = await openTestEnvironment();
  const { ledger, binding, redis } = environment.context;
  await environment.firestore.doc('users/ann/trading-journal/1').set({ trades: [1] });
  await environment.call('POST /start', { headers: { Prefer: 'wait=40' } });
  const seen: Event[] = [];
  const listening = listen(environment, seen, undefined, ({ data }) =>
    (data.currentStatus?.notice ?? '').startsWith('The table holds items that'),
  );
  const last = (): unknown => seen.findLast(({ name }) => name === 'state')?.data;
  const now = async (): Promise<unknown> => (await environment.call('GET /status')).body;
  await expect.poll(() => seen.length, { timeout: 5_000 }).toBeGreaterThan(0);

  const begin = { now: new Date(), binding: await binding() };
  const opened = await ledger.open({ kind: 'rollback', dryRun: false }, begin);
  if (!opened.opened) throw new Error('not opened');
  await ledger.markRolledBack(opened.operation.id, begin.binding);
  await ledger.close(opened.operation.id, { state: 'completed', now: begin.now });
  await expect
    .poll(last, { timeout: 5_000 })
    .toMatchObject({ lastMigration: { rolledBackBy: opened.operation.id } });
  expect(last()).toEqual(await now());

  const keys = await redis.keys(`${environment.env.QUEUE_PREFIX ?? ''}:*`);
  await redis.del(...keys);
  await listening;
  expect(last()).toEqual(await now());
  expect(last()).toMatchObject({ lastMigration: null, lastOutcome: null });
});

/** Reads events until one is the last that is wanted. */
async function listen(
  environment: TestEnvironment,
  seen: Event[],
  lastId: string | undefined,
  isLast: (event: Event) => boolean,
): Promise<void> {
  const response = await fetch(
    `${environment.url}${basePath}/events`,
    lastId === undefined ? {} : { headers: { 'Last-Event-ID': lastId } },
  );
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
      );
      text = text.slice(end + 2);
      if (!fields.has('data')) continue;
      const event = {
        id: fields.get('id') ?? '',
        name: fields.get('event') ?? '',
        data: JSON.parse(fields.get('data') ?? '') as Event['data'],
      };
      seen.push(event);
      if (isLast(event)) return;
    }
  }
}
