import { redisRefusals, startRefusingRedis } from '@migrator/devkit';
import { expect, test, vi } from 'vitest';

import { at, openTestEnvironment } from './testing/test-environment.ts';

const patiently = { timeout: 20_000, interval: 50 };

test.concurrent.each(Object.entries(redisRefusals))(
  'a Redis that is %s: what needs it answers 503 %s, the readiness too, nothing 500, and all goes on when it is restored',
  async (how, code) => {
    await using refusing = await startRefusingRedis();
    await using environment = await openTestEnvironment({
      workers: 1,
      env: { REDIS_URL: refusing.service.url },
    });
    await environment.firestore.doc('users/a/trading-journal/2026-01-01').set({ trades: [] });
    await environment.call('POST /start', { headers: { Prefer: 'wait=20' } });

    await refusing.refuse(how as keyof typeof redisRefusals);
    await vi.waitFor(
      async () => expect((await environment.call('GET //readyz')).body).toMatchObject({ code }),
      patiently,
    );
    for (const request of [
      'POST /start',
      'PUT /pace',
      'GET /verify',
      'POST /rollback',
      'GET //readyz',
      'PUT //admin/queues/api/queues/users/pause',
    ]) {
      const body = { 'PUT /pace': { maxWriteUnitsPerSecond: 5 }, 'POST /rollback': { dryRun: true } }[
        request
      ];
      const answer = await environment.call(request, body === undefined ? {} : { body });
      expect(answer, request).toMatchObject({ status: 503, body: { code } });
    }
    for (const request of [
      'GET /status',
      'GET /migrations',
      'GET //metrics',
      'GET //admin/queues/api/queues',
    ]) {
      const { status, body } = await environment.call(request);
      expect(status === 503 ? at(body, 'code') : status, request).toBeOneOf([200, code]);
    }
    await refusing.restore();
    await vi.waitFor(
      async () => expect((await environment.call('GET //readyz')).status).toBe(200),
      patiently,
    );
    const { body } = await environment.call('POST /start', { headers: { Prefer: 'wait=30' } });
    expect(at(body, 'state')).toBe('completed');
  },
  120_000,
);
