import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { heldLease, startScriptedDynamoDb } from '@migrator/devkit';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';

import { createDynamoDbTarget } from './index.ts';

const canary = 'canary/0123456789+abcdef';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aws-'));
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_REGION', 'eu-test-1');
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function file(name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

/** What the table's description (through the SDK) and a write (the lean way) end with: the same. */
async function errorWith(env: Readonly<Record<string, string>>): Promise<{ code: string; message: string }> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  await using dynamodb = await startScriptedDynamoDb(() => ({ body: {} }));
  const target = createDynamoDbTarget({ tableName: 'journals', endpoint: dynamodb.endpoint });
  onTestFinished(() => target.close());
  const [described, deleted] = await Promise.allSettled([
    target.preflight(),
    target.deleteOwned({ userId: 'ann', date: '1', dateKey: 'journal_ann_1' }, heldLease),
  ]);
  if (described.status !== 'rejected' || deleted.status !== 'rejected')
    throw new Error('it found credentials');
  expect(deleted.reason).toMatchObject({ code: described.reason.code, message: described.reason.message });
  expect(dynamodb.calls).toHaveLength(0);
  expect(inspect(described.reason, { depth: 10 })).not.toContain(canary);
  return described.reason;
}

/** STS, or a container's credentials server. */
async function answering(status: number, body: string): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

const nowhere = 'http://127.0.0.1:9';
const role = 'arn:aws:iam::123456789012:role/migrator';

test.each([
  ['is missing', undefined, 'names a file that does not exist'],
  ['is empty', ' \n', 'names an empty file'],
])('a web identity token file that %s is named', async (_, content, fault) => {
  const path = content === undefined ? join(folder, 'no-token') : await file('token', content);
  expect(await errorWith({ AWS_WEB_IDENTITY_TOKEN_FILE: path, AWS_ROLE_ARN: role })).toMatchObject({
    code: 'CREDENTIALS_NOT_FOUND',
    message: expect.stringContaining(`AWS_WEB_IDENTITY_TOKEN_FILE ${fault}`) as string,
  });
});

test('a web identity token file that is a directory, or goes without a role, is named', async () => {
  expect(await errorWith({ AWS_WEB_IDENTITY_TOKEN_FILE: folder, AWS_ROLE_ARN: role })).toMatchObject({
    code: 'CREDENTIALS_NOT_FOUND',
    message: expect.stringContaining('names a directory') as string,
  });
  vi.stubEnv('AWS_ROLE_ARN', undefined);
  const { message } = await errorWith({
    AWS_WEB_IDENTITY_TOKEN_FILE: await file('token', canary),
    AWS_ROLE_ARN: '',
  });
  expect(message).toContain('AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not');
});

const denial = (code: string): string =>
  `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>Not authorized with ${canary}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;

test.each([
  ['AccessDenied', 403, 'CREDENTIALS_REFUSED'],
  ['InvalidIdentityToken', 400, 'CREDENTIALS_REFUSED'],
  ['ExpiredTokenException', 400, 'CREDENTIALS_EXPIRED'],
])('a role that STS refuses with %s is named', async (name, status, code) => {
  const error = await errorWith({
    AWS_ENDPOINT_URL_STS: await answering(status, denial(name)),
    AWS_WEB_IDENTITY_TOKEN_FILE: await file('token', 'a-token'),
    AWS_ROLE_ARN: role,
  });
  expect(error).toMatchObject({
    code,
    message: expect.stringContaining(`AWS gives no credentials for AWS_ROLE_ARN ${role} (${name}`) as string,
  });
});

test('a role of a profile that STS refuses is named too', async () => {
  await file('config', `[profile ops]\nrole_arn = ${role}\nsource_profile = base\n`);
  await file('credentials', `[base]\naws_access_key_id = key\naws_secret_access_key = ${canary}\n`);
  expect(
    await errorWith({
      AWS_ENDPOINT_URL_STS: await answering(403, denial('AccessDenied')),
      AWS_PROFILE: 'ops',
    }),
  ).toMatchObject({
    code: 'CREDENTIALS_REFUSED',
    message: expect.stringContaining('for profile "ops" (AccessDenied)') as string,
  });
});

test('an STS that is out of reach is an outage, and says of what', async () => {
  const error = await errorWith({
    AWS_ENDPOINT_URL_STS: nowhere,
    AWS_WEB_IDENTITY_TOKEN_FILE: await file('token', 'a-token'),
    AWS_ROLE_ARN: role,
  });
  expect(error).toMatchObject({
    code: 'TARGET_UNAVAILABLE',
    message: expect.stringContaining(
      `credentials server for AWS_ROLE_ARN ${role} can't be reached`,
    ) as string,
  });
});

test.each([
  ['AWS_ACCESS_KEY_ID', 'key\r', 'holds a carriage return'],
  ['AWS_ACCESS_KEY_ID', ' key', 'holds a space'],
  ['AWS_SECRET_ACCESS_KEY', `${canary}\n`, 'holds a line break'],
  ['AWS_SECRET_ACCESS_KEY', `\uFEFF${canary}`, 'holds a byte order mark'],
  ['AWS_SESSION_TOKEN', `${canary}\r\n`, 'holds a carriage return'],
  ['AWS_SESSION_TOKEN', `${canary}…`, 'holds a character that is not ASCII'],
])('%s with what no key has is named', async (variable, value, fault) => {
  const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: canary };
  expect(await errorWith({ ...keys, [variable]: value })).toMatchObject({
    code: 'CREDENTIALS_REFUSED',
    message: expect.stringContaining(`${variable} ${fault}`) as string,
  });
});

test('half a key is named', async () => {
  const { code, message } = await errorWith({ AWS_ACCESS_KEY_ID: 'key' });
  expect(code).toBe('CREDENTIALS_NOT_FOUND');
  expect(message).toContain('AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not');
});

test.each([
  ['is in no file', '', 'AWS_PROFILE names "dev", and neither'],
  ['lacks its word in the config file', '[dev]\nregion = eu-test-1\n', 'section [profile dev]'],
  ['is of lines without =', `[profile dev]\naws_access_key_id: key\n`, 'AWS_PROFILE names "dev"'],
  ['holds no credentials', '[profile dev]\nregion = eu-test-1\n', 'the AWS profile "dev" gives none'],
  [
    'has a source that is missing',
    `[profile dev]\nrole_arn = ${role}\nsource_profile = base\n`,
    'source_profile "base"',
  ],
  [
    'has a token file that is missing',
    `[profile dev]\nrole_arn = ${role}\nweb_identity_token_file = /nowhere/token\n`,
    'web_identity_token_file of the AWS profile "dev" names a file that does not exist',
  ],
  [
    'has a command that fails',
    `[profile dev]\ncredential_process = /bin/sh -c "echo ${canary} >&2; exit 1"\n`,
    'the AWS profile "dev" gives none',
  ],
])('a profile that %s is named', async (_, config, fault) => {
  await file('config', config);
  expect(await errorWith({ AWS_PROFILE: 'dev' })).toMatchObject({
    code: 'CREDENTIALS_NOT_FOUND',
    message: expect.stringContaining(fault) as string,
  });
});

test('an SSO session that is over says how to renew it', async () => {
  const session = 'sso_session = corp\nsso_account_id = 123456789012\nsso_role_name = ops\n';
  const corp = '[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-test-1\n';
  await file('config', `[profile dev]\n${session}${corp}`);
  vi.stubEnv('HOME', folder);
  expect(await errorWith({ AWS_PROFILE: 'dev' })).toMatchObject({
    code: 'CREDENTIALS_EXPIRED',
    message: expect.stringContaining('run aws sso login --profile dev') as string,
  });
});

test("a container's credentials server that is not there, or answers nonsense, is named", async () => {
  for (const url of [nowhere, await answering(404, canary)]) {
    expect(await errorWith({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url })).toMatchObject({
      code: 'CREDENTIALS_NOT_FOUND',
      message: expect.stringContaining('the address in AWS_CONTAINER_CREDENTIALS_FULL_URI') as string,
    });
  }
});
