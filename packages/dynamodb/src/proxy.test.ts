import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

import { heldLease, startScriptedDynamoDb } from '@migrator/devkit';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';

import { createDynamoDbTarget } from './index.ts';
import { proxyFor } from './proxy.ts';

const host = 'dynamodb.eu-test-1.amazonaws.com';
const proxyVariables = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'ALL_PROXY'];

beforeEach(() => {
  for (const name of proxyVariables) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toLowerCase(), undefined);
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function tunnel(one: Socket, other: Socket): void {
  one.pipe(other).on('error', () => one.destroy());
  other.pipe(one).on('error', () => other.destroy());
}

/**
 * A network in which AWS is reached through a proxy alone: whatever name the proxy is asked for, it leads to a DynamoDB
 * behind TLS, whose certificate Node does not trust.
 */
async function openNetwork(answering?: number) {
  const table = { TableName: 'journals', KeySchema: [{ AttributeName: 'dateKey', KeyType: 'HASH' }] };
  const defined = [{ AttributeName: 'dateKey', AttributeType: 'S' }];
  const dynamodb = await startScriptedDynamoDb(({ action }) => ({
    body: action === 'DescribeTable' ? { Table: { ...table, AttributeDefinitions: defined } } : {},
  }));
  onTestFinished(() => dynamodb[Symbol.asyncDispose]());
  const plain = Number(new URL(dynamodb.endpoint).port);

  const names = [host, `sts.eu-test-1.amazonaws.com`].map((value) => ({ type: 2 as const, value }));
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'AWS' }], {
    extensions: [{ name: 'subjectAltName', altNames: names }],
  });
  const secure = await listen(
    createTlsServer({ key, cert }, (socket) => {
      socket.on('error', () => undefined);
      tunnel(socket, connect(answering ?? plain, '127.0.0.1'));
    }),
  );

  const asked: string[] = [];
  const authorizations: unknown[] = [];
  const proxy = createHttpServer();
  proxy.on('connect', ({ url = '', headers }: { url?: string; headers: object }, socket: Socket) => {
    asked.push(url);
    authorizations.push(Reflect.get(headers, 'proxy-authorization'));
    const onward = connect(secure, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      tunnel(socket, onward);
    });
  });
  const port = await listen(proxy);

  const folder = await mkdtemp(join(tmpdir(), 'proxy-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, cert);
  return { proxy: `http://127.0.0.1:${port}`, asked, authorizations, caFile, dynamodb };
}

function openTarget(options: { caFile?: string; endpoint?: string }) {
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', undefined);
  const target = createDynamoDbTarget({
    tableName: 'journals',
    region: 'eu-test-1',
    timeoutMs: 3_000,
    ...options,
  });
  onTestFinished(() => target.close());
  return target;
}

const item = { userId: 'ann', date: '1', dateKey: 'journal_ann_1' };

for (const variable of ['HTTPS_PROXY', 'https_proxy']) {
  test(`${variable} leads the SDK's calls and the lean ones to AWS, with the certificates of a bundle`, async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const network = await openNetwork();
    vi.stubEnv(variable, network.proxy.replace('://', '://me:pass@'));
    const target = openTarget({ caFile: network.caFile });
    await target.preflight();
    expect(network.asked).toEqual([`${host}:443`]);
    expect(await target.deleteOwned(item, heldLease)).toMatchObject({ outcome: 'deleted' });
    expect(network.asked).toEqual([`${host}:443`, `${host}:443`]);
    expect(network.authorizations).toEqual(Array(2).fill(`Basic ${btoa('me:pass')}`));
    expect(network.dynamodb.calls.map(({ headers }) => headers.host)).toEqual([host, host]);
  });
}

test('without the bundle, the certificate is not believed', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  const network = await openNetwork();
  vi.stubEnv('HTTPS_PROXY', network.proxy);
  const aborted = AbortSignal.timeout(20_000);
  await expect(openTarget({}).describe(aborted)).rejects.toMatchObject({
    message: expect.stringMatching(/certificate.*AWS_CA_BUNDLE/) as string,
  });
  expect(network.dynamodb.calls).toHaveLength(0);
});

test("credentials from STS take the proxy too, though DynamoDB's host is kept from it", async () => {
  const denial = '<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>';
  const sts = createHttpServer((request, response) => {
    request.resume();
    response.writeHead(403, { 'content-type': 'text/xml' }).end(denial);
  });
  const network = await openNetwork(await listen(sts));
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
    vi.stubEnv(name, undefined);
  const token = `${network.caFile}.token`;
  await writeFile(token, 'a-token');
  vi.stubEnv('AWS_REGION', 'eu-test-1');
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
  vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', token);
  vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::123456789012:role/migrator');
  vi.stubEnv('HTTPS_PROXY', network.proxy);
  vi.stubEnv('NO_PROXY', host);
  await expect(openTarget({ caFile: network.caFile }).preflight()).rejects.toMatchObject({
    code: 'CREDENTIALS_REFUSED',
  });
  expect(new Set(network.asked)).toEqual(new Set(['sts.eu-test-1.amazonaws.com:443']));
});

test('what is on this machine takes no proxy', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  const network = await openNetwork();
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) vi.stubEnv(name, network.proxy);
  const target = openTarget({ endpoint: network.dynamodb.endpoint });
  await target.preflight();
  await target.deleteOwned(item, heldLease);
  expect(network.dynamodb.calls).toHaveLength(2);
  expect(network.asked).toEqual([]);
});

test('which proxy a URL takes', () => {
  vi.stubEnv('https_proxy', 'proxy.example:3128');
  vi.stubEnv('HTTP_PROXY', 'http://plain.example:3128');
  vi.stubEnv('no_proxy', 'direct.example,.internal,10.0.0.1:8000');
  const proxies = {
    [`https://${host}`]: 'http://proxy.example:3128',
    'http://dynamodb.example:8000': 'http://plain.example:3128',
    'https://direct.example/': undefined,
    'https://db.internal': undefined,
    'http://10.0.0.1:8000': undefined,
    'http://10.0.0.1:8001': 'http://plain.example:3128',
    'http://127.0.0.1:8000': undefined,
    'http://127.8.9.1': undefined,
    'http://localhost:8000': undefined,
    'http://[::1]:8000': undefined,
    'https://localhost.example': 'http://proxy.example:3128',
  };
  for (const [url, proxy] of Object.entries(proxies)) expect([url, proxyFor(url)]).toEqual([url, proxy]);
  vi.stubEnv('no_proxy', '*');
  expect(proxyFor(`https://${host}`)).toBeUndefined();
});
