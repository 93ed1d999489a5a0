import { generateKeyPairSync } from 'node:crypto';

import { startProgram, startRedis } from '@migrator/devkit';
import { apiBasePath } from '@migrator/engine';
import { expect, inject, test, vi } from 'vitest';

import { lastWords, openDeployment } from './testing/deployment.ts';

/** Nothing is there, and nothing is reached. */
const nowhere = '127.0.0.1:1';
const canary = 'Kan@rie/v0gel';
const encoded = encodeURIComponent(canary);
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});
const keyLine = key.split('\n')[1]?.slice(0, 32) ?? '';
const account = JSON.stringify({
  type: 'service_account',
  project_id: 'demo-secrets',
  client_email: 'a@demo-secrets.iam.gserviceaccount.com',
  private_key: key,
});

/** What gives the secrets away, in any of the ways that they are written. */
const never = [
  canary,
  encoded,
  'v0gel',
  keyLine,
  Buffer.from(key).toString('base64').slice(0, 48),
  Buffer.from(account).toString('base64').slice(120, 160),
  Buffer.from(`me:${canary}`).toString('base64'),
];

test.concurrent.each([
  ['JSON', account],
  ['base64', Buffer.from(account).toString('base64')],
  ['a key or certificate', key],
  ['a key or certificate', key.replace('-----END PRIVATE KEY-----', '').replaceAll('\n', '\\n')],
])(
  'a Google key that stands in the variable as %s is said to be that, and shown nowhere',
  async (content, value) => {
    await using deployment = await openDeployment({
      users: 1,
      entriesPerUser: 1,
      env: { GOOGLE_APPLICATION_CREDENTIALS: value, FIRESTORE_EMULATOR_HOST: '', LOG_LEVEL: 'debug' },
    });
    const said = await everythingSaid(deployment);
    expect(said).toContain(`GOOGLE_APPLICATION_CREDENTIALS holds ${content}, not a path`);
    for (const part of never) expect(said).not.toContain(part);
  },
);

test.concurrent('with a secret in every other place, none is in answers, jobs and logs, of failures either', async () => {
  await using redis = await startRedis({ settings: () => ['--requirepass', canary] });
  await using deployment = await openDeployment({
    users: 2,
    entriesPerUser: 3,
    env: {
      REDIS_URL: `redis://:${encoded}@127.0.0.1:${redis.port}/0`,
      AWS_ENDPOINT_URL_DYNAMODB: inject('services').AWS_ENDPOINT_URL_DYNAMODB.replace(
        '://',
        `://me:${encoded}@`,
      ),
      AWS_ENDPOINT_URL: `http://me:${encoded}@${nowhere}`,
      AWS_SESSION_TOKEN: canary,
      HTTPS_PROXY: `http://me:${encoded}@${nowhere}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://me:${encoded}@${nowhere}`,
      OTEL_EXPORTER_OTLP_HEADERS: `api-key=${encoded}`,
      OTEL_LOG_LEVEL: 'debug',
      LOG_LEVEL: 'debug',
    },
  });
  const said = await everythingSaid(deployment);
  expect(said).toContain('"state":"completed"');
  // What OpenTelemetry says of itself comes through the log.
  await vi.waitFor(() => expect(deployment.api.output).toContain('"msg":"OpenTelemetry"'), 30_000);
  for (const line of deployment.api.output
    .split('\n')
    .filter((one) => one !== '' && !one.startsWith('api: ')))
    expect(() => JSON.parse(line), line).not.toThrow();
  for (const part of never) expect(said + deployment.api.output).not.toContain(part);
}, 120_000);

test.concurrent.each([
  { REDIS_URL: `redis://:${encoded}@${nowhere}/notanumber` },
  { REDIS_URL: `redis+sentinel://${nowhere}/main/x?sentinelPassword=${encoded}` },
  { REDIS_TLS_KEY: key },
  { REDIS_TLS_CERT: Buffer.from(key).toString('base64') },
  { AWS_ENDPOINT_URL_DYNAMODB: `ftp://me:${encoded}@host` },
])('%# a wrong value ends the program with a line that does not hold it', async (env) => {
  for (const program of ['api', 'worker'] as const) {
    const started = startProgram({
      main: program,
      env: { ...inject('services'), GOOGLE_CLOUD_PROJECT: 'demo-p', ...env },
    });
    expect(await started.ended).toBe(2);
    expect(started.output).toMatch(/^[A-Z_]+ holds [^\n]*\n$/);
    for (const part of never) expect(started.output).not.toContain(part);
  }
});

test.concurrent.each([
  `redis://:${encoded}@${nowhere}`,
  `redis+cluster://:${encoded}@${nowhere},127.0.0.1:2`,
  `redis+sentinel://:${encoded}@${nowhere}/main?sentinelPassword=${encoded}`,
])('a Redis that is away: %s is not in what is said', async (REDIS_URL) => {
  await using deployment = await openDeployment({
    users: 1,
    entriesPerUser: 1,
    env: { REDIS_URL, LOG_LEVEL: 'debug' },
    ready: '/healthz',
  });
  const said = await everythingSaid(deployment);
  expect(said).toContain('REDIS_UNAVAILABLE');
  for (const part of never) expect(said).not.toContain(part);
});

/** All answers, of the board too, and all that the programs have written. */
async function everythingSaid(deployment: Awaited<ReturnType<typeof openDeployment>>): Promise<string> {
  const { url, token } = deployment;
  const call = async (method: string, path: string, waitSeconds = 0): Promise<string> => {
    const headers = { Authorization: `Bearer ${token}`, Prefer: `wait=${waitSeconds}` };
    const answer = await fetch(url + path, { method, headers });
    return `${path} ${answer.status} ${await answer.text()}`;
  };
  const started = await call('POST', `${apiBasePath}/start`, 30);
  const board = '/admin/queues/api/queues?page=1&jobsPerPage=50&activeQueue=';
  const paths = [
    `${apiBasePath}/status`,
    `${apiBasePath}/migrations`,
    `${apiBasePath}/verify`,
    `${board}runs`,
    `${board}users`,
    '/metrics',
    '/readyz',
    '/openapi.json',
  ];
  const said = [started, ...(await Promise.all(paths.map((path) => call('GET', path))))];
  return [...said, lastWords(deployment), deployment.api.output].join('\n');
}
