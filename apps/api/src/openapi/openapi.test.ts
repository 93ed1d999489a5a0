import { createConfig, lintFromString } from '@redocly/openapi-core';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { z } from 'zod';

import { answers } from '@migrator/engine';
import { basePath } from '../api-context.ts';
import { anyRequest, badRequest, type FuzzRequest, type OpenApi } from '../testing/fuzz-requests.ts';
import { at, openTestEnvironment, type TestEnvironment } from '../testing/test-environment.ts';

const seed = 20_261_122;

test('the document is one that linters have nothing to say about', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const config = await createConfig({ extends: ['recommended-strict'] });
  const source = JSON.stringify(await documentOf(environment));
  expect(await lintFromString({ source, config })).toEqual([]);
});

test('the document has every call, and its page shows it without asking anybody else', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const { paths } = await documentOf(environment);
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(basePath, '')}`),
  );
  expect(calls).toEqual(
    expect.arrayContaining([
      'POST /start',
      'GET /verify',
      'PUT /pace',
      'GET /migrations/{id}/failures',
      'GET /metrics',
    ]),
  );
  const page = String((await environment.call('GET //docs')).body);
  for (const path of Object.keys(paths)) expect(page).toContain(`<code>${path}</code>`);
  expect(page).not.toMatch(/<script|<style| style=|https?:\/\//);
});

test('real answers are as the document says', async () => {
  await using environment = await openTestEnvironment();
  const entry = (user: string, date: string) =>
    environment.firestore.doc(`users/${user}/trading-journal/${date}`);
  await entry('ann', '1').set({ trades: [1] });
  await entry('ann', 'large').set({ trades: ['x'.repeat(500_000)] });
  const wait = { headers: { Prefer: 'wait=50' } };
  const dry = await environment.call('POST /start', { ...wait, body: { dryRun: true } });
  const started = await environment.call('POST /start', wait);
  const id = String(at(started.body, 'migrationId'));
  await entry('ann', '1').set({ trades: [2] });
  const verified = await environment.call('GET /verify', wait);
  const rolledBack = await environment.call('POST /rollback', wait);
  const calls: readonly [z.ZodType, { status: number; body: unknown }][] = [
    [answers.finished, dry],
    [answers.finished, started],
    [answers.verification, verified],
    [
      answers.verification,
      await environment.call(`GET /verifications/${String(at(verified.body, 'verificationId'))}`),
    ],
    [answers.rollback, rolledBack],
    [answers.rollback, await environment.call(`GET /rollbacks/${String(at(rolledBack.body, 'rollbackId'))}`)],
    [answers.status, await environment.call('GET /status')],
    [answers.status, await environment.call('PUT /pace', { body: { maxWriteUnitsPerSecond: 900 } })],
    [answers.migrationsPage, await environment.call('GET /migrations')],
    [answers.migration, await environment.call(`GET /migrations/${id}`)],
    [answers.verificationsPage, await environment.call('GET /verifications')],
    [answers.rollbacksPage, await environment.call('GET /rollbacks')],
    [answers.workers, await environment.call('GET /workers')],
    [answers.failuresPage, await environment.call(`GET /migrations/${id}/failures?code=ITEM_TOO_LARGE`)],
    [answers.userState, await environment.call(`GET /migrations/${id}/users/ann`)],
    [answers.sourceCount, await environment.call('GET /source-count')],
    [answers.started, await environment.call('POST /start')],
    [answers.status, await environment.call('POST /pause')],
    [answers.problem, await environment.call('POST /start')],
    [answers.problem, await environment.call('GET /migrations?cursor=x')],
    [answers.health, await environment.call('GET //readyz')],
  ];
  for (const [schema, { body }] of calls) {
    const result = schema.safeParse(body);
    expect(result.error?.issues ?? [], JSON.stringify(body)).toEqual([]);
  }
});

test('2,000 bad requests are each refused, and change nothing', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const requests = fc.sample(badRequest(await documentOf(environment)), { seed, numRuns: 2_000 });
  const before = await stateOf(environment);
  await sendAll(environment, requests, async (request, response) => {
    const says = `${describe(request)} ${await response.text()}`;
    expect(response.status, says).toBeGreaterThanOrEqual(400);
    expect(response.status, says).toBeLessThan(500);
    expect(response.headers.get('content-type'), says).toMatch(/^application\/problem\+json/);
  });
  expect(await stateOf(environment)).toEqual(before);
});

test('2,000 requests of all kinds are answered as the document says, never with a 5xx', async () => {
  await using environment = await openTestEnvironment();
  const document = await documentOf(environment);
  const requests = fc.sample(anyRequest(document), { seed, numRuns: 2_000 });
  const statuses = new Map<string, Set<string>>();
  for (const methods of Object.values(document.paths)) {
    for (const operation of Object.values(methods)) {
      const { responses } = operation as unknown as { responses: object };
      statuses.set(operation.operationId, new Set(Object.keys(responses)));
    }
  }
  await sendAll(environment, requests, async (request, response) => {
    // An endless stream.
    const text =
      request.operation === 'events' && response.ok ? await response.body?.cancel() : await response.text();
    const says = `${describe(request)} ${response.status} ${text ?? ''}`;
    expect(response.status, says).toBeLessThan(500);
    // An id may make another path of it: `..`, or none at all.
    const elsewhere = request.path.includes('/.') || request.path.includes('//');
    const described = [...(statuses.get(request.operation) ?? []), ...(elsewhere ? ['404', '405'] : [])];
    expect(described, says).toContain(String(response.status));
  });
  expect((await environment.call('GET //readyz')).status).toBe(200);
  expect(environment.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

async function documentOf(environment: TestEnvironment): Promise<OpenApi> {
  return (await environment.call('GET //openapi.json')).body as OpenApi;
}

/** All that a request could have changed. */
async function stateOf({ context, dynamodb, table }: TestEnvironment): Promise<unknown> {
  const kinds = ['migration', 'verification', 'rollback', 'prune'] as const;
  return {
    operations: await Promise.all(kinds.map((kind) => context.ledger.list(kind, { limit: 10 }))),
    jobs: await Promise.all(
      [context.queues.coordinators, context.queues.tasks].map((queue) => queue.getJobCounts()),
    ),
    paused: await context.queues.tasks.isPaused(),
    pace: await context.rateController.report(),
    items: (await dynamodb.send(new ScanCommand({ TableName: table }))).Count,
  };
}

async function sendAll(
  { url }: TestEnvironment,
  requests: readonly FuzzRequest[],
  check: (request: FuzzRequest, response: Response) => Promise<void>,
): Promise<void> {
  const left = [...requests];
  const send = async (): Promise<void> => {
    for (let request = left.pop(); request !== undefined; request = left.pop()) {
      const { method, path, headers, body } = request;
      const response = await fetch(url + path, {
        method,
        headers,
        signal: AbortSignal.timeout(20_000),
        body,
      }).catch((error: unknown) => {
        throw new Error(`no answer to ${describe(request)}`, { cause: error });
      });
      await check(request, response);
    }
  };
  await Promise.all(Array.from({ length: 8 }, send));
}

function describe({ method, path, body }: FuzzRequest): string {
  return `${method} ${path} ${body ?? ''}`;
}
