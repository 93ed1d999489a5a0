import type { Config } from '@migrator/config';
import {
  describeSource,
  describeTarget,
  messageOf,
  MigrationError,
  type TableDescription,
} from '@migrator/core';
import { tryWrites } from '@migrator/dynamodb';
import { withinLimit } from '@migrator/engine';
import type { Services } from '@migrator/runtime';

import { amount } from '../amount.ts';
import { fail, type Line, ok, timed, warn } from './line.ts';

const limitMs = 20_000;

/** Checks Firestore: reads the first user and the first entry. */
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
      : fail('Firestore', new Error(`${place} has no entry: check project, database and collection names`));
    return [given, read];
  } catch (error) {
    const isRefused = MigrationError.codeOf(error).startsWith('CREDENTIALS_');
    return isRefused ? [fail(credentials, error)] : [given, fail('Firestore', error)];
  }
}

/** Checks the table, its key and the permissions of the credentials. Writes nothing. */
export async function checkTarget(services: Services, aws: Config['aws']): Promise<Line[]> {
  const { target, configured } = services;
  const credentials = 'AWS credentials';
  const given = ok(credentials, 'accepted');
  let found: { readonly value: TableDescription; readonly ms: number };
  try {
    found = await withinLimit(limitMs, undefined, (signal) => timed(target.preflight(signal)));
  } catch (error) {
    const code = MigrationError.codeOf(error);
    if (code.startsWith('CREDENTIALS_')) return [fail(credentials, error)];
    if (code === 'TABLE_NOT_FOUND' && aws.createTable)
      return [given, warn('Table', `${aws.tableName} is missing: the first run creates it (CREATE_TABLE)`)];
    return [given, fail('Table', error)];
  }
  const { itemCount, account } = found.value;
  const where = describeTarget({ ...configured.target, ...(account === undefined ? {} : { account }) });
  return [
    given,
    ok('Table', `${where}, key dateKey (String), about ${amount(itemCount)} items, ${found.ms} ms`),
    ...(await checkPermissions(services, aws)),
  ];
}

async function checkPermissions({ target }: Services, aws: Config['aws']): Promise<Line[]> {
  const attempt = (check: string, work: (signal: AbortSignal) => Promise<unknown>): Promise<Line> =>
    withinLimit(limitMs, undefined, (signal) => timed(work(signal))).then(
      ({ ms }) => ok(check, `permitted, ${ms} ms`),
      (error: unknown) => fail(check, error),
    );
  const reads = await Promise.all([
    attempt('Scan', (signal) => target.isEmpty(signal)),
    attempt('BatchGetItem', (signal) => target.getItems(['journal-migrate doctor'], signal)),
  ]);
  const { PutItem, DeleteItem } = await tryWrites(aws, AbortSignal.timeout(limitMs));
  const why = await withinLimit(limitMs, undefined, (signal) => target.whyNoBatches(signal)).catch(messageOf);
  return [
    ...reads,
    PutItem === undefined ? ok('PutItem', 'permitted') : fail('PutItem', PutItem),
    DeleteItem === undefined
      ? ok('DeleteItem', 'permitted')
      : warn(
          'DeleteItem',
          `${sentence(DeleteItem.message)}. A run works without it; rollback and prune do not.`,
        ),
    why === undefined
      ? ok('PartiQL batches', 'permitted')
      : warn('PartiQL batches', `${sentence(why)}. Items are written one by one, which is slower.`),
  ];
}

/** A message without a full stop, which some have. */
function sentence(text: string): string {
  return text.replace(/\.$/, '');
}
