import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { readConfig } from '@migrator/config';
import { expect, onTestFinished, test, vi } from 'vitest';

import { startServer } from '../start-server.ts';
import { at, openTestEnvironment, type TestEnvironment } from '../testing/test-environment.ts';
import type { Notice } from './notice.ts';

const secret = 'the-key-that-signs-notices';
const patiently = { timeout: 45_000, interval: 100 };

interface Post {
  readonly body: string;
  readonly signature: unknown;
  readonly authorization: unknown;
  readonly notice: Notice;
}

/** A receiver that answers the first posts with these statuses, and then with 204. */
async function receive(...statuses: number[]) {
  const posts: Post[] = [];
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const { authorization, 'x-migration-signature': signature } = request.headers;
    posts.push({ body, signature, authorization, notice: JSON.parse(body) as Notice });
    response.writeHead(statuses.shift() ?? 204).end();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { posts, url: `http://ann:pass-word-1@127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

test('each end and each pause by an error is posted once by two API processes, signed, and again after a 503', async () => {
  const { posts, url } = await receive(503);
  await using environment = await openTestEnvironment({ env: { NOTIFY_URL: url, NOTIFY_SECRET: secret } });
  const second = await startServer(environment.context, readConfig(environment.env));
  onTestFinished(() => second.stop());
  await environment.firestore.doc('users/ann/trading-journal/1').set({ trades: [1] });
  const run = (await environment.call('POST /start', { headers: { Prefer: 'wait=60' } })).body;
  const id = String(at(run, 'migrationId'));
  await vi.waitFor(() => expect(posts).toHaveLength(2), patiently);
  expect(posts[1]?.body).toBe(posts[0]?.body);
  expect(posts[1]).toMatchObject({
    signature: `sha256=${createHmac('sha256', secret).update(posts[1]!.body).digest('hex')}`,
    authorization: `Basic ${Buffer.from('ann:pass-word-1').toString('base64')}`,
    notice: {
      event: 'ended',
      kind: 'migration',
      operationId: id,
      state: 'completed',
      message: expect.stringMatching(/^Migration completed: 1 entry: 1 migrated/) as string,
    },
  });
  await environment.call('POST /rollback', { body: { dryRun: true } });
  await vi.waitFor(() => expect(posts.map(({ notice }) => notice.kind)).toContain('rollback'), patiently);

  const { ledger, binding } = environment.context;
  const opened = await ledger.open(
    { kind: 'rollback', dryRun: true },
    { now: new Date(), binding: await binding() },
  );
  if (!opened.opened) throw new Error('not opened');
  await ledger.control(opened.operation.id, 'pause', 'ACCESS_DENIED: may not delete');
  await vi.waitFor(
    () =>
      expect(posts.at(-1)?.notice).toMatchObject({
        event: 'paused',
        operationId: opened.operation.id,
        message: expect.stringContaining('ACCESS_DENIED: may not delete') as string,
      }),
    patiently,
  );
  await environment.call('POST /cancel');
  await vi.waitFor(
    () => expect(posts.at(-1)?.notice).toMatchObject({ event: 'ended', state: 'cancelled' }),
    patiently,
  );
  expect(posts).toHaveLength(5);

  const log = environment.lines.join('');
  expect(log).not.toContain('pass-word-1');
  expect(environment.lines.some((line) => line.includes('operation started') && line.includes(id))).toBe(
    true,
  );
  const ended = environment.lines.find((line) => line.includes('Migration completed'));
  expect(JSON.parse(ended ?? '{}')).toMatchObject({ run: id, state: 'completed', totals: { created: 1 } });
});

async function endRun({ context }: TestEnvironment): Promise<string> {
  const { ledger, binding } = context;
  const request = { kind: 'rollback', dryRun: true } as const;
  const opened = await ledger.open(request, { now: new Date(), binding: await binding() });
  if (!opened.opened) throw new Error('not opened');
  await ledger.close(opened.operation.id, { state: 'completed', now: new Date() });
  return opened.operation.id;
}

test('what ends while no API runs is posted by the next one, and what a killed or stopped one had begun to post', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const before = await endRun(environment);
  const { posts, url } = await receive();
  const { context, env } = environment;
  const config = readConfig({ ...env, NOTIFY_URL: url, NOTIFY_SECRET: secret });
  const posted = (): string[] => posts.map(({ notice }) => notice.operationId);
  const claimOf = async (id: string): Promise<string> =>
    `${env['QUEUE_PREFIX']}:notice:${id}:ended:${(await context.ledger.get(id))?.finishedAt}`;
  // A process that is stopped before it has the response leaves the notice to the next one.
  const untilSent = async (...ids: readonly string[]): Promise<void> => {
    await vi.waitFor(async () => {
      for (const id of ids) expect(await context.redis.get(await claimOf(id))).toBe('sent');
    }, patiently);
    expect(posted()).toEqual(ids);
  };

  const first = await startServer(context, config);
  const started = await endRun(environment);
  await untilSent(started);
  await first.stop();

  const unseen = await endRun(environment);
  // As a process leaves it that is killed while it posts.
  await context.redis.set(await claimOf(unseen), 'claimed', 'PX', 2_000);
  const second = await startServer(context, config);
  await untilSent(started, unseen);
  await second.stop();

  // The receiver takes it only after this process has gone.
  const deaf = await receive(...Array.from({ length: 20 }, () => 503));
  const third = await startServer(
    context,
    readConfig({ ...env, NOTIFY_URL: deaf.url, NOTIFY_SECRET: secret }),
  );
  const late = await endRun(environment);
  await vi.waitFor(() => expect(deaf.posts).not.toHaveLength(0), patiently);
  // A claim expires without its process, and is renewed by it.
  const claim = await claimOf(late);
  expect(await context.redis.pttl(claim)).toBeGreaterThan(0);
  await context.redis.pexpire(claim, 15_000);
  await vi.waitFor(async () => expect(await context.redis.pttl(claim)).toBeGreaterThan(16_000), {
    timeout: 10_000,
  });
  await third.stop();
  const fourth = await startServer(context, config);
  onTestFinished(() => fourth.stop());
  await untilSent(started, unseen, late);
  expect(posted()).not.toContain(before);
});

test('a notice that the receiver refuses for good is posted once', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const { posts, url } = await receive(404);
  const { context, env } = environment;
  const config = readConfig({ ...env, NOTIFY_URL: url, NOTIFY_SECRET: secret });
  const first = await startServer(context, config);
  const refused = await endRun(environment);
  await vi.waitFor(() => expect(posts).toHaveLength(1), patiently);
  await first.stop();
  const second = await startServer(context, config);
  onTestFinished(() => second.stop());
  const taken = await endRun(environment);
  await vi.waitFor(() => expect(posts).toHaveLength(2), patiently);
  expect(posts.map(({ notice }) => notice.operationId)).toEqual([refused, taken]);
});
