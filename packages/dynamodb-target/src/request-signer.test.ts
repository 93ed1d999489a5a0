import { SignatureV4 } from '@smithy/signature-v4';
import { assert, asyncProperty, constantFrom, date, option, string, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { createAwsClient } from './aws-client.ts';
import { RequestSigner } from './request-signer.ts';
import { Sha256 } from './sha256.ts';

const region = 'eu-central-1';

test('signs byte by byte as AWS signs a request', async () => {
  const visible = string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }).map((text) =>
    text.replaceAll(/[^\w/+=]/g, 'x'),
  );
  await assert(
    asyncProperty(
      visible,
      visible,
      option(visible, { nil: undefined }),
      constantFrom(
        'https://dynamodb.eu-central-1.amazonaws.com/',
        'http://127.0.0.1:8000/a//b c/é%2F(x)!/',
        'http://localhost:4566/under/here',
      ),
      uint8Array({ maxLength: 200 }),
      date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
      async (accessKeyId, secretAccessKey, sessionToken, endpoint, bytes, time) => {
        const credentials = {
          accessKeyId,
          secretAccessKey,
          ...(sessionToken === undefined ? {} : { sessionToken }),
        };
        const url = new URL(endpoint);
        const body = Buffer.from(bytes);
        const client = createAwsClient({ tableName: 'journals', region });
        client.config.credentials = async () => credentials;
        const signer = await RequestSigner.for(client, url);

        const headers = await signer.sign('PutItem', body, time.getTime());

        const theirs = new SignatureV4({ credentials, region, service: 'dynamodb', sha256: Sha256 });
        const signed = await theirs.sign(
          {
            method: 'POST',
            protocol: url.protocol,
            hostname: url.hostname,
            path: url.pathname,
            query: {},
            headers: {
              host: url.host,
              'content-type': 'application/x-amz-json-1.0',
              'x-amz-target': 'DynamoDB_20120810.PutItem',
            },
            body,
          },
          { signingDate: time },
        );
        expect(byName(headers)).toEqual(signed.headers);
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
  const times = [Date.UTC(2026, 10, 21, 23, 59, 59), Date.UTC(2026, 10, 22, 0, 0, 0)];
  const [alone, together] = [await Promise.all(times.map(open)), await open()];

  const wanted = await Promise.all(times.map((time, index) => sign(alone[index]!, time)));
  expect(await Promise.all(times.map((time) => sign(together, time)))).toEqual(wanted);
  client.destroy();
});

async function sign(signer: RequestSigner, time: number): Promise<string[]> {
  return await signer.sign('PutItem', Buffer.from('{}'), time);
}

function byName(headers: readonly string[]): Record<string, string> {
  const named: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) named[headers[index]!] = headers[index + 1]!;
  return named;
}
