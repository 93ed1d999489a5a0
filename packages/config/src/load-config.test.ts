import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

const program = `
import { loadConfig } from ${JSON.stringify(new URL('./load-config.ts', import.meta.url).href)};
const { aws, google, redis } = loadConfig();
process.stdout.write(JSON.stringify({ table: aws.tableName, users: google.usersCollection, prefix: redis.prefix }));
`;

type Ended = { code: number | null; out: string; err: string };

/** A program that loads its configuration where such a `.env` is. */
async function load(
  file: string | Buffer | ((path: string) => Promise<unknown>) | undefined,
  env: Record<string, string> = {},
): Promise<Ended> {
  const cwd = await mkdtemp(join(tmpdir(), 'env-file-'));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  const path = join(cwd, '.env');
  if (typeof file === 'function') await file(path);
  else if (file !== undefined) await writeFile(path, file);
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd,
    env: { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

const text = 'DYNAMODB_TABLE=from-the-file\nUSERS_COLLECTION=people\n';
const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');

test.each<[string, string | Buffer]>([
  ['UTF-8', text],
  ['UTF-8 with a byte order mark', `\uFEFF${text}`],
  ['UTF-16, little endian', utf16],
  ['UTF-16, big endian', Buffer.from(utf16).swap16()],
  ['line ends of Windows', text.replaceAll('\n', '\r\n')],
  ['line ends of old Macs', text.replaceAll('\n', '\r')],
  [
    'quotes, comments and export',
    `# "a\n\nexport DYNAMODB_TABLE="from-the-file" # b\n USERS_COLLECTION = 'people'`,
  ],
  ['a value of several lines', `X="a\nDYNAMODB_TABLE=no\nb"\n${text}`],
  ['an apostrophe within a value, and a # in quotes', `X=it's\nY="a#b"\n${text}`],
  ['the same line twice', `${text}${text}`],
])('every variable of a .env is in force: %s', async (_name, file) => {
  expect(await load(file)).toEqual({
    code: 0,
    err: '',
    out: JSON.stringify({ table: 'from-the-file', users: 'people', prefix: '{journal-migration}' }),
  });
});

test('what is set already wins, and a .env is not needed', async () => {
  expect((await load(text, { DYNAMODB_TABLE: 'from-the-process' })).out).toContain('from-the-process');
  expect((await load(undefined)).out).toContain('tradebook-heatmaps');
});

test.each<[string, Parameters<typeof load>[0], RegExp]>([
  ['a directory', (path) => mkdir(path), /^\.env can't be read \(it is a directory\)/],
  ['a broken link', (path) => symlink('nowhere', path), /a broken link/],
  ['NULs', Buffer.from(text, 'utf16le'), /^\.env holds NUL characters; save it as UTF-8/],
  ['no UTF-8', Buffer.from('DYNAMODB_TABLE=größe\n', 'latin1'), /is not valid UTF-8/],
  ['half a character of UTF-16', utf16.subarray(0, -1), /is not valid UTF-16LE/],
  ['a colon', 'USERS_COLLECTION : people\n', /^\.env line 1 is no NAME=value/],
  ['a name alone', `${text}export DYNAMODB_TABLE\n`, /^\.env line 3 is no NAME=value/],
  ['no name', '=people\n', /line 1 is no/],
  ['two names', 'USERS COLLECTION=people\n', /line 1 is no/],
  ['an open quote', `${text}X="people\n`, /line 3: the quote before X's value is never closed/],
  [
    'something behind a quote',
    'API_TOKEN="geheim" geheim\n',
    /line 1: something follows API_TOKEN's closing quote/,
  ],
  ['a # in a value', 'REDIS_URL=redis://:geheim#geheim@h/0\n', /line 1: REDIS_URL's value holds a #/],
  ['a name twice', `${text}\nDYNAMODB_TABLE=geheim\n`, /gives DYNAMODB_TABLE twice, in lines 1 and 4/],
])('a .env that is not all in force ends the program with a sentence: %s', async (_name, file, message) => {
  const { code, out, err } = await load(file);
  expect(err).toMatch(message);
  expect(err).toMatch(/^[^\n]+\n$/);
  expect(err).not.toContain('geheim');
  expect({ code, out }).toEqual({ code: 2, out: '' });
});

test.each([
  ['DYNAMO_TABLE', 'DYNAMODB_TABLE'],
  ['DYNAMODB_TABLE_NAME', 'DYNAMODB_TABLE'],
  ['DYNAMODB_TABEL', 'DYNAMODB_TABLE'],
  ['dynamodb_table', 'DYNAMODB_TABLE'],
  ['REDIS_HOST', 'REDIS_URL'],
  ['JOURNALS_COLLECTION', 'JOURNAL_COLLECTION'],
  ['API_TOKENS_', undefined],
  ['NPM_TOKEN', undefined],
  ['APP_TOKEN', undefined],
  ['AWS_PROFILE', undefined],
  ['AWS_ENDPOINT_URL_DYNAMODB_STREAMS', undefined],
  ['GOOGLE_APPLICATION_CREDENTIALS', undefined],
])('%s in a .env: meant is %s', async (name, meant) => {
  const { code, err } = await load(`${name}=1234\n`);
  expect({ code, err }).toEqual(
    meant === undefined
      ? { code: 0, err: '' }
      : {
          code: 2,
          err: `.env holds ${name}, which nothing reads; did you mean ${meant}? Rename it, or set ${meant} too\n`,
        },
  );
});

test("with ours beside it, the other name is another program's", async () => {
  expect(await load('DYNAMO_TABLE=theirs\nDYNAMODB_TABLE=ours\n')).toMatchObject({ code: 0 });
});

test('in the environment of the process only what no other program has is taken for a mistake', async () => {
  const others = { REDIS_PORT: 'tcp://10.0.0.1:6379', AWS_DEFAULT_REGION: 'x', GOOGLE_CLOUD_PROJECT_ID: 'x' };
  expect(await load(undefined, { ...others, TABLE_NAME: 'x' })).toMatchObject({ code: 0 });
  expect(await load(undefined, { JOURNAL_COLECTION: 'x' })).toMatchObject({
    code: 2,
    err: expect.stringMatching(
      /^the environment holds JOURNAL_COLECTION, .* did you mean JOURNAL_COLLECTION/,
    ),
  });
});
