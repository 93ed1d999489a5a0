import { describeSource, MigrationError } from '@migrator/core';
import { withinLimit } from '@migrator/engine';
import type { Services } from '@migrator/runtime';

import { fail, type Line, ok, timed, warn } from './line.ts';

const limitMs = 20_000;

/** Reads the first user and the first entry: two reads. */
export async function checkSource({ source, configured }: Services): Promise<Line[]> {
  const { emulator } = configured.source;
  const credentials = 'Google credentials';
  const given = ok(credentials, emulator === undefined ? 'accepted' : 'not needed by an emulator');
  const place = describeSource(configured.source);
  try {
    const { value, ms } = await withinLimit(limitMs, undefined, async (signal) => {
      const { users } = await source.listUsers({ pageSize: 1, signal });
      return await timed(users.length === 0 ? Promise.resolve(false) : source.hasEntries(signal));
    });
    const read = value
      ? ok('Firestore', `${place}, a read in ${ms} ms`)
      : warn('Firestore', `${place} has no entry: check project, database and collection names`);
    return [given, read];
  } catch (error) {
    const isRefused = MigrationError.codeOf(error).startsWith('CREDENTIALS_');
    return isRefused ? [fail(credentials, error)] : [given, fail('Firestore', error)];
  }
}
