import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { MigrationError } from '@migrator/core';
import { journals } from '@migrator/devkit';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { gunzipSync, gzipSync } from 'node:zlib';

import { packMember } from './gzip-member.ts';
import { type BackedUp, backedUp, openFilledSource } from './test-support/backed-up.ts';
import { verifyBackup } from './verify-backup.ts';

let backup: BackedUp;
let whole: Buffer;
let lines: string[];

beforeAll(async () => {
  const users = journals({ users: 3, entriesPerUser: 300 });
  const source = await openFilledSource(users, inject('services').FIRESTORE_EMULATOR_HOST);
  backup = await backedUp(source);
  await source.close();
  whole = await readFile(backup.path);
  lines = gunzipSync(whole).toString().trimEnd().split('\n');
});

afterAll(() => backup.remove());

async function verdict(bytes: Buffer): Promise<string> {
  const path = `${backup.path}.damaged`;
  await writeFile(path, bytes);
  const { code, message } = await verifyBackup(path).then(
    () => ({ code: 'none', message: 'whole' }),
    (error: Error) => ({ code: MigrationError.codeOf(error), message: error.message }),
  );
  expect(code).toBe(message === 'whole' ? 'none' : 'BACKUP_INVALID');
  return message.replace(path, 'FILE');
}

/** Packed as `backup` does it, from other lines. */
async function ofLines(edited: readonly string[]): Promise<string> {
  return await verdict(await packMember(Buffer.from(`${edited.join('\n')}\n`)));
}

test('a whole one is whole', async () => {
  expect(await verdict(whole)).toBe('whole');
  expect(await ofLines(lines)).toBe('whole');
});

test('what is no file is named in a sentence', async () => {
  const missing = `${backup.path}.missing`;
  await expect(verifyBackup(missing)).rejects.toMatchObject({
    code: 'BACKUP_INVALID',
    message: `${missing} names a file that does not exist.`,
  });
  const directory = dirname(backup.path);
  await expect(verifyBackup(directory)).rejects.toMatchObject({
    code: 'BACKUP_INVALID',
    message: `${directory} names no regular file.`,
  });
});

test('damaged bytes are told with their place', async () => {
  expect(await verdict(Buffer.alloc(0))).toBe('FILE is no complete backup: it is empty.');
  expect(await verdict(Buffer.from('{"format":"…"}\n'))).toContain('it is not packed with gzip');
  expect(await verdict(gzipSync(gunzipSync(whole)))).toContain('another program compressed it');
  expect(await verdict(whole.subarray(0, -1))).toMatch(
    /it ends in the middle of a member \(in the gzip member at byte \d+\)/,
  );
  expect(await verdict(whole.subarray(0, 10))).toContain('it ends in the middle of a member');
  const flipped = Buffer.from(whole);
  flipped[5_000]! ^= 1;
  expect(await verdict(flipped)).toMatch(/bytes were changed, .* \(in the gzip member at byte \d+\)/);
  expect(await verdict(Buffer.concat([whole, Buffer.from('more')]))).toContain('other data follows');
  expect(await verdict(await packMember(Buffer.from(lines[0]!)))).toContain('ends in the middle of a line');
});

test('wrong lines are told with their number', async () => {
  const without = (...indexes: number[]): string[] => lines.filter((_, index) => !indexes.includes(index));
  const edit = (index: number, from: string | RegExp, to: string): string[] =>
    lines.with(index, lines.at(index)!.replace(from, to));
  expect(await ofLines(lines.slice(0, -1))).toContain('the trailer is missing');
  expect(await ofLines(without(0))).toContain(
    'not the header of a backup (line 1, in the gzip member at byte 0)',
  );
  expect(await ofLines(edit(0, '"version":1', '"version":2'))).toContain(
    'version 2; this program reads version 1',
  );
  expect(await ofLines(edit(0, '"users"', '"people"'))).toContain('another database or collection');
  expect(await ofLines(lines.with(1, '{"name":"n"}'))).toContain('another database or collection');
  expect(await ofLines(without(5))).toContain(
    '299 entries of user user-00000, whose end says 300 (line 301,',
  );
  expect(await ofLines(without(301))).toContain('the end of user user-00000 is missing (line 302,');
  expect(await ofLines([...lines.slice(0, 5), lines[6]!, lines[5]!, ...lines.slice(7)])).toContain(
    'entry 2018-01-05 of user user-00000 is not in order (line 7,',
  );
  expect(await ofLines([lines[0]!, ...lines.slice(302)])).toContain('and its trailer says 3 and 900');
  expect(await ofLines([...lines.slice(0, 302), ...lines.slice(1)])).toContain(
    'user user-00000 is not in order',
  );
  expect(await ofLines(edit(-1, '"entries":900', '"entries":901'))).toContain('says 3 and 901');
  expect(await ofLines(edit(7, '"stringValue":"LONG"', '"stringValue":"long"'))).toContain(
    'the checksum of its lines',
  );
  expect(await ofLines(edit(7, '"stringValue":"LONG"', '"stringValue":LONG'))).toMatch(
    /unexpected .* at column \d+ \(line 8,/,
  );
  expect(await ofLines([...lines, lines[1]!])).toContain('a line after the trailer (line 906,');
  expect(await ofLines(lines.with(3, '{"what":1}'))).toContain('neither an entry, nor the end of a user');
});
