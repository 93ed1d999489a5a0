import { decodeMessage } from '@migrator/devkit';
import { Dataset, ordinaryBodies } from './dataset.ts';
import { delimited, integer, text } from './wire.ts';

export type Answer = (request: Buffer) => Iterable<Uint8Array>;

const bodies = ordinaryBodies();
const time = integer(1, 1_777_777_777);
/** `create_time` and `update_time` of a Document without fields. */
const times = Buffer.concat([delimited(3, time), delimited(4, time)]);
/** Every fourth user has no document of their own. */
const missingEvery = 4;

interface RunQueryRequest {
  readonly parent: string;
  readonly structuredQuery: {
    readonly limit?: { readonly value: number };
    readonly startAt?: { readonly values: readonly { readonly referenceValue: string }[] };
  };
}
interface ListDocumentsRequest {
  readonly parent: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
}
interface BatchGetDocumentsRequest {
  readonly documents: readonly string[];
  readonly mask?: object;
}

/** The responses of the fake Firestore by method. The project in a name defines its contents (Dataset). */
export const answers: Readonly<Record<string, Answer>> = {
  *RunQuery(bytes) {
    const { parent, structuredQuery } = read('RunQueryRequest', bytes) as RunQueryRequest;
    const dataset = datasetOf(parent);
    const user = dataset.userIndex(lastId(parent));
    const after = structuredQuery.startAt?.values[0]?.referenceValue;
    const from = after === undefined ? 0 : dataset.dayOf(lastId(after)) + 1;
    const limit = structuredQuery.limit?.value ?? dataset.entriesPerUser;
    const to = user < 0 ? 0 : Math.min(dataset.entriesPerUser, from + limit);
    for (let day = from; day < to; day += 1) {
      const name = `${parent}/trading-journal/${dataset.date(day)}`;
      yield Buffer.concat([document(1, name, entryBody(user, day)), delimited(3, time)]);
    }
    // Firestore ends with a message that has a time only.
    yield delimited(3, time);
  },

  *ListDocuments(bytes) {
    const { parent, pageSize, pageToken } = read('ListDocumentsRequest', bytes) as ListDocumentsRequest;
    const dataset = datasetOf(parent);
    const from = Number(pageToken ?? 0);
    const to = Math.min(dataset.users, from + (pageSize ?? 300));
    const parts: Uint8Array[] = [];
    for (let user = from; user < to; user += 1) {
      const missing = user % missingEvery === missingEvery - 1;
      parts.push(document(1, `${parent}/users/${dataset.userId(user)}`, missing ? Buffer.alloc(0) : times));
    }
    if (to < dataset.users) parts.push(text(2, String(to)));
    yield Buffer.concat(parts);
  },

  *RunAggregationQuery(bytes) {
    const { parent } = read('RunAggregationQueryRequest', bytes) as { parent: string };
    const dataset = datasetOf(parent);
    const count = parent.endsWith('/documents') ? dataset.entries : dataset.entriesPerUser;
    const field = delimited(2, text(1, 'count'), delimited(2, integer(2, count)));
    yield Buffer.concat([delimited(1, field), delimited(3, time)]);
  },

  *BatchGetDocuments(bytes) {
    const { documents, mask } = read('BatchGetDocumentsRequest', bytes) as BatchGetDocumentsRequest;
    for (const name of documents) {
      const dataset = datasetOf(name);
      const user = dataset.userIndex(name.split('/').at(-3) ?? '');
      const day = dataset.dayOf(lastId(name));
      const found = user >= 0 && day >= 0;
      const body = mask === undefined ? entryBody(user, day) : times;
      yield Buffer.concat([found ? document(1, name, body) : text(2, name), delimited(4, time)]);
    }
  },
};

function read(type: string, bytes: Buffer): unknown {
  return decodeMessage(type, bytes);
}

function document(field: number, name: string, body: Uint8Array): Buffer {
  return delimited(field, text(1, name), body);
}

function entryBody(user: number, day: number): Uint8Array {
  return bodies[(user * 31 + day) % bodies.length]!;
}

function datasetOf(name: string): Dataset {
  return Dataset.parse(name.split('/')[1] ?? '');
}

function lastId(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
