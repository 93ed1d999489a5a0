import { randomUUID } from 'node:crypto';
import { expect, inject } from 'vitest';
import { startFirestoreEmulator } from '../start-firestore-emulator.ts';
import { openRawClient, type RawClient } from '../test-support/open-raw-client.ts';

export type Message = Record<string, unknown>;

/** The outcome of a call: its responses without what differs between runs, or the code of its error. */
export type Outcome = { readonly answers: readonly unknown[] } | { readonly code: number };

interface CallResult {
  readonly outcome: Outcome;
  /** The error's message, which differs between the servers. */
  readonly details?: string;
}

export interface BothFirestores extends AsyncDisposable {
  /** The same on both, and used by no other test. */
  readonly database: string;
  readonly root: string;
  /** Sends a request to both, expects the same outcome, and returns it. */
  same(method: string, request: Message): Promise<Outcome>;
  /** Writes a document on both. */
  put(path: string, fields: Message): Promise<Outcome>;
}

/**
 * Our stand-in, started here, and Google's emulator, which `SERVICES=vendors` has started.
 *
 * Known differences that stay:
 * - `done` and `skippedResults` of RunQuery: Google's sends the first with the last document, and the second with each.
 *   Clients read neither unless they request an explanation.
 * - Descending order by `__name__` needs an index on Google's, and every query runs without one here.
 * - `select` without fields returns only names on Google's, and all fields here, as the protos promise.
 * - A mask is ignored by Google's ListDocuments with `showMissing`, not by the service, and not here.
 * - ListDocuments in another order than by name, or of all collections, ends with UNIMPLEMENTED here.
 * - A full last page of a list has a token on Google's, which leads to an empty page.
 * - Two writes of one document in a Commit: Google's refuses some ("Cannot delete then delete an entity").
 * - More than five aggregations end Google's call without a code.
 */
export async function openBothFirestores(): Promise<BothFirestores> {
  const emulator = await startFirestoreEmulator();
  const google = openRawClient(Number(inject('services').FIRESTORE_EMULATOR_HOST.split(':')[1]), String);
  const ours = openRawClient(emulator.port, String);
  const database = `projects/demo-${randomUUID()}/databases/(default)`;
  const same = async (method: string, request: Message): Promise<Outcome> => {
    const [own, theirs] = await Promise.all([call(ours, method, request), call(google, method, request)]);
    const label = `${method} ${JSON.stringify(request)}: ${own.details} / ${theirs.details}`;
    expect(own.outcome, label).toEqual(theirs.outcome);
    return theirs.outcome;
  };
  return {
    database,
    root: `${database}/documents`,
    same,
    put: (path, fields) =>
      same('Commit', { database, writes: [{ update: { name: `${database}/documents/${path}`, fields } }] }),
    async [Symbol.asyncDispose]() {
      for (const client of [ours, google]) client.close();
      await emulator.close();
    },
  };
}

async function call(client: RawClient, method: string, request: Message): Promise<CallResult> {
  try {
    const answers = (await client.call(method, request)).map((answer) => comparable(answer));
    // The order of these responses is not defined.
    if (method === 'BatchGetDocuments') return { outcome: { answers: answers.toSorted(byText) } };
    return { outcome: { answers: method === 'RunQuery' ? answers.filter(hasDocument) : answers } };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return { outcome: { code: Number(error.code) }, details: error.message };
  }
}

/** They differ between the servers, so only their presence is compared. */
const own = new Set(['createTime', 'updateTime', 'readTime', 'commitTime', 'transaction']);
const ignored = new Set(['done', 'skippedResults', 'nextPageToken', 'message']);

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => comparable(one));
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !ignored.has(name));
  return Object.fromEntries(
    entries
      // An absent value is an empty string for one, and omitted by the other.
      .filter(([, one]) => one !== '')
      .map(([name, one]) => [name, own.has(name) ? 'present' : comparable(one)]),
  );
}

function hasDocument(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'document' in answer;
}

function byText(a: unknown, b: unknown): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
