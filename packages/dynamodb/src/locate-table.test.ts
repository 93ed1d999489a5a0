import { expect, onTestFinished, test, vi } from 'vitest';

import { accountOfArn, locateTable } from './locate-table.ts';

test('region and endpoint are the ones that the SDK resolves, wherever they are named', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', undefined);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const table = { tableName: 'journals' };
  const amazons = {
    table: 'journals',
    region: 'eu-central-1',
    endpoint: 'https://dynamodb.eu-central-1.amazonaws.com',
  };
  expect(await locateTable(table)).toEqual(amazons);
  expect(await locateTable({ ...table, region: 'eu-central-1' })).toEqual(amazons);
  expect(await locateTable({ ...table, endpoint: amazons.endpoint })).toEqual(amazons);
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:8000/');
  expect(await locateTable(table)).toEqual({ ...amazons, endpoint: 'http://127.0.0.1:8000' });
});

test('an endpoint shows no user, password or query', async () => {
  const located = await locateTable({
    tableName: 'journals',
    region: 'eu-central-1',
    endpoint: 'http://user:secret@127.0.0.1:8000/path',
  });
  expect(located.endpoint).toBe('http://127.0.0.1:8000/path');
});

test('a region that is not named is said to be missing', async () => {
  vi.stubEnv('AWS_REGION', undefined);
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  onTestFinished(() => void vi.unstubAllEnvs());
  const missing = { code: 'REGION_NOT_FOUND', message: expect.stringContaining('set AWS_REGION') };
  await expect(locateTable({ tableName: 'journals' })).rejects.toMatchObject(missing);
});

test.each([
  ['arn:aws:dynamodb:eu-central-1:123456789012:table/journals', '123456789012'],
  ['arn:aws-cn:dynamodb:cn-north-1:000000000000:table/journals', '000000000000'],
  ['journals', undefined],
  [undefined, undefined],
])('the account of %s', (arn, account) => {
  expect(accountOfArn(arn)).toBe(account);
});
