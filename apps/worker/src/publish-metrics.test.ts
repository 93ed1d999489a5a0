import { publishMetrics } from '@migrator/runtime';
import { startRedis } from '@migrator/devkit';
import { ServiceMetrics } from '@migrator/runtime';
import { connectRedis, createMetricsBoard } from '@migrator/queue';
import { expect, onTestFinished, test, vi } from 'vitest';

test("a worker's last publication ends although its Redis is gone and its connection waits for one", async () => {
  const server = await startRedis();
  const redis = connectRedis({ url: server.url }, 'queue', () => undefined);
  onTestFinished(() => redis.disconnect());
  const board = createMetricsBoard(redis, '{metrics-test}');
  const publication = publishMetrics(board, 'worker', new ServiceMetrics('worker'));
  await vi.waitFor(async () => expect(await board.read()).toHaveLength(1), 20_000);
  await server.stop();
  await vi.waitFor(() => expect(redis.status).not.toBe('ready'), 20_000);
  // Without a limit of its own it would wait for as long as Redis is away.
  await publication.stop();
  expect(redis.status).not.toBe('ready');
}, 20_000);
