import { SignatureV4 } from '@smithy/signature-v4';
import {
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  date,
  integer,
  nat,
  oneof,
  record,
  string,
  tuple,
  uint8Array,
} from 'fast-check';
import { expect, test } from 'vitest';
import { createAwsClient } from './aws-client.ts';
import { RequestSigner } from './request-signer.ts';
import { Sha256 } from './sha256.ts';

const region = 'eu-central-1';
const midnight = Date.UTC(2026, 10, 22);
const actions = ['PutItem', 'GetItem', 'BatchWriteItem'];

const word = string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }).map((text) =>
  text.replaceAll(/[^\w/+=]/g, 'x'),
);
const anyCredentials = record(
  {
    accessKeyId: word,
    secretAccessKey: word,
    sessionToken: word,
    expiration: constant(new Date('2100-01-01')),
  },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
);
const anyTime = oneof(
  date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }).map(Number),
  constantFrom(-1_001, -1_000, -1, 0, 999, 1_000).map((ms) => midnight + ms),
);
const anyBody = oneof(
  uint8Array({ maxLength: 200 }),
  integer({ min: 1, max: 100_000 }).map((length) => new Uint8Array(length).fill(length)),
);
const anyCalls = array(
  record({ action: constantFrom(...actions), body: anyBody, time: anyTime, credentials: nat({ max: 1 }) }),
  { minLength: 1, maxLength: 12 },
);

test('signs byte by byte as AWS signs a request, one after the other', async () => {
  const endpoints = constantFrom(
    'https://dynamodb.eu-central-1.amazonaws.com/',
    'http://127.0.0.1:8000/a//b c/é%2F(x)!/',
    'http://localhost:4566/under/here',
  );
  await assert(
    asyncProperty(
      endpoints,
      tuple(anyCredentials, anyCredentials),
      anyCalls,
      async (endpoint, both, calls) => {
        const url = new URL(endpoint);
        const client = createAwsClient({ tableName: 'journals', region });
        const signer = await RequestSigner.for(client, url);
        // One memory for all bodies, as where it is used again.
        const memory = Buffer.alloc(100_000);
        let last: number | undefined;
        const signed: string[][] = [];
        for (const { action, body, time, credentials } of calls) {
          if (credentials !== last) {
            client.config.credentials = async () => both[credentials]!;
            signer.forget();
            last = credentials;
          }
          memory.set(body);
          signed.push(await signer.sign(action, memory.subarray(0, body.length), time));
        }

        for (const [index, call] of calls.entries()) {
          const theirs = await signAsAws(url, both[call.credentials]!, call);
          expect(byName(signed[index]!)).toEqual(theirs);
          expect(signed[index]).toHaveLength(Object.keys(theirs).length * 2);
        }
        client.destroy();
      },
    ),
  );
});

test.each([
  ['that end are asked for each time', { expiration: new Date('2100-01-01') }, false],
  ['without an end are asked for when they are to be forgotten', {}, true],
] as const)('credentials %s', async (_, end, forgets) => {
  const client = createAwsClient({ tableName: 'journals', region });
  let accessKeyId = 'first';
  client.config.credentials = async () => ({
    accessKeyId,
    secretAccessKey: `secret of ${accessKeyId}`,
    ...end,
  });
  const signer = await RequestSigner.for(client, new URL('http://127.0.0.1:8000/'));
  const signed = async (): Promise<string | undefined> => byName(await sign(signer, 0))['authorization'];
  const renew = async (keyId: string): Promise<void> => {
    accessKeyId = keyId;
    await client.config.credentials({ forceRefresh: true });
    if (forgets) signer.forget();
  };

  const before = await signed();
  await renew('second');
  const after = await signed();
  await renew('first');

  expect(before).toContain('Credential=first/');
  expect(after).toContain('Credential=second/');
  expect(await signed()).toBe(before);
  client.destroy();
});

test('signatures under way on both sides of midnight keep each their own day', async () => {
  const client = createAwsClient({ tableName: 'journals', region });
  client.config.credentials = async () => ({ accessKeyId: 'key', secretAccessKey: 'secret' });
  const open = (): Promise<RequestSigner> => RequestSigner.for(client, new URL('http://127.0.0.1:8000/'));
  const calls = actions.flatMap((action) => [
    { action, time: midnight - 1_000 },
    { action, time: midnight },
  ]);
  const together = await open();

  const wanted = await Promise.all(calls.map(async ({ action, time }) => sign(await open(), time, action)));
  for (const _ of ['while keys are made', 'with a key at hand']) {
    expect(await Promise.all(calls.map(({ action, time }) => sign(together, time, action)))).toEqual(wanted);
  }
  client.destroy();
});

async function sign(signer: RequestSigner, time: number, action = 'PutItem'): Promise<string[]> {
  return await signer.sign(action, Buffer.from('{}'), time);
}

type Credentials = ConstructorParameters<typeof SignatureV4>[0]['credentials'];

interface Call {
  readonly action: string;
  readonly body: Uint8Array;
  readonly time: number;
}

async function signAsAws(
  url: URL,
  credentials: Credentials,
  { action, body, time }: Call,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({ credentials, region, service: 'dynamodb', sha256: Sha256 });
  const { headers } = await signer.sign(
    {
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: {},
      headers: {
        host: url.host,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${action}`,
      },
      body,
    },
    { signingDate: new Date(time) },
  );
  return headers;
}

function byName(headers: readonly string[]): Record<string, string> {
  const named: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) named[headers[index]!] = headers[index + 1]!;
  return named;
}
