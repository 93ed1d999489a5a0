import { DeleteItemCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { expect, test, vi } from 'vitest';

import { openRun, type TestRun } from './testing/open-run.ts';

const users = ['a', 'b'];
const patiently = { timeout: 120_000, interval: 200 };

/** How a run is over, and what the table is like after it: empty each time, so that any item is one too many. */
const ends: Readonly<Record<string, (run: TestRun) => Promise<void>>> = {
  async 'the run has ended and the application has deleted its items'(run) {
    run.environment.workers[1]?.wake();
    expect(await run.ended()).toMatchObject({ state: 'completed', verification: { isValid: true } });
    await deleteAsApplication(run);
  },
  async 'the run was rolled back'(run) {
    run.environment.workers[1]?.wake();
    await run.ended();
    expect(await run.client.rollBack({ dryRun: false }, { waitSeconds: 120 })).toMatchObject({
      success: true,
    });
  },
  async 'the run was cancelled and the application has deleted its items'(run) {
    run.environment.workers[1]?.wake();
    await run.client.cancel();
    expect(await run.ended()).toMatchObject({ state: 'cancelled' });
    await deleteAsApplication(run);
  },
};

test.concurrent.each(Object.keys(ends))(
  'a worker that wakes when %s sends no write any more',
  async (how) => {
    await using run = await openRun({
      users,
      entriesPerUser: 280,
      workers: 2,
      env: { USER_CONCURRENCY: '2', LOG_LEVEL: 'debug' },
    });
    const { environment } = run;
    const [first, second] = environment.workers;
    const proxy = environment.dynamoDbProxy;
    // The first begins both users; its writes are refused, and each waits to be sent again.
    second?.freeze();
    proxy.always('throttling', /ConditionExpression|"Parameters":\[\{"S":"journal/);
    await run.start();
    await vi.waitFor(() => expect(proxy.faults.total).toBeGreaterThan(200), patiently);
    first?.freeze();
    proxy.always(undefined);

    await ends[how]?.(run);
    expect(await itemsOf(run)).toEqual([]);
    const before = proxy.writes;

    // Two users, each of which its new owner or the end has taken away.
    const reported = first?.line(/"outcome":"(stale|cancelled|handed-back|error)"/, {
      times: users.length,
      limitMs: patiently.timeout,
    });
    first?.wake();
    await reported;
    expect(proxy.writes - before).toBe(0);
    expect(await itemsOf(run)).toEqual([]);
    for (const { unexpectedEnds } of environment.workers) expect(unexpectedEnds).toEqual([]);
  },
  280_000,
);

function clientOf({ environment }: TestRun): { client: DynamoDBClient; TableName: string } {
  const { AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_REGION: region, DYNAMODB_TABLE } = environment.env;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { client: new DynamoDBClient({ endpoint, region, credentials }), TableName: DYNAMODB_TABLE };
}

/** Keys of what is in the table, read behind all proxies. */
async function itemsOf(run: TestRun): Promise<string[]> {
  const { client, TableName } = clientOf(run);
  const keys: string[] = [];
  for await (const { Items } of paginateScan({ client }, { TableName, ConsistentRead: true }))
    keys.push(...(Items ?? []).map((item) => item['dateKey']?.S ?? ''));
  client.destroy();
  return keys;
}

async function deleteAsApplication(run: TestRun): Promise<void> {
  const { client, TableName } = clientOf(run);
  for (const dateKey of await itemsOf(run))
    await client.send(new DeleteItemCommand({ TableName, Key: { dateKey: { S: dateKey } } }));
  client.destroy();
}
