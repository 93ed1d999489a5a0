import type { SourceEntry } from '../ports/source.ts';
import type { StoredAttribute, StoredItem } from '../ports/target.ts';
import { firestoreMessage } from './firestore-protos.ts';

/**
 * The contract's item of an entry, made the obvious and slow way: the published protos decode the document to objects,
 * and a few plain functions turn those into attributes. What the tests hold the real mapping against.
 */

type Message = Readonly<Record<string, unknown>>;

export function plainItem(entry: SourceEntry, migratedAt: string): StoredItem {
  const document = firestoreMessage('Document').decode(entry.document) as unknown as {
    readonly name: string;
    readonly fields: Readonly<Record<string, Message>>;
  };
  const database = /^projects\/[^/]*\/databases\/[^/]*\/documents\//.exec(document.name)?.[0] ?? '';
  const fields = Object.entries(document.fields).map(
    ([name, value]) => [name, attribute(value, database)] as const,
  );
  const reserved = ['userId', 'date', 'metadata'];
  const source = fields.filter(([name]) => reserved.includes(name));
  const metadata: StoredItem = {
    migratedFrom: { S: 'firestore' },
    migratedAt: { S: migratedAt },
    originalTimestamp: { S: entry.updateTime },
    ...(source.length === 0 ? {} : { source: { M: Object.fromEntries(source) } }),
  };
  const defaults: StoredItem = {
    trades: { L: [] },
    heatmap: { M: {} },
    performance: { M: {} },
    risk: { M: {} },
    summary: { M: {} },
  };
  const data = {
    ...defaults,
    ...Object.fromEntries(fields.filter(([name]) => !reserved.includes(name))),
    userId: { S: entry.userId },
    date: { S: entry.date },
    metadata: { M: metadata },
  };
  return {
    dateKey: { S: `journal_${entry.userId}_${entry.date}` },
    data: { M: data },
    updatedAt: { S: migratedAt },
  };
}

function attribute(value: Message, database: string): StoredAttribute {
  switch (value['valueType']) {
    case 'nullValue':
      return { NULL: true };
    case 'booleanValue':
      return { BOOL: Boolean(value['booleanValue']) };
    case 'integerValue':
      return { N: String(bigintOf(value['integerValue'])) };
    case 'doubleValue':
      return double(Number(value['doubleValue']));
    case 'timestampValue':
      return { S: timestampText(value['timestampValue'] as Message) };
    case 'stringValue':
      return { S: value['stringValue'] as string };
    case 'bytesValue':
      return { B: Buffer.from(value['bytesValue'] as Uint8Array).toString('base64') };
    case 'referenceValue':
      return { S: referenceText(value['referenceValue'] as string, database) };
    case 'geoPointValue': {
      const point = value['geoPointValue'] as { readonly latitude: number; readonly longitude: number };
      return { M: { latitude: double(point.latitude), longitude: double(point.longitude) } };
    }
    case 'arrayValue': {
      const { values } = value['arrayValue'] as { readonly values: readonly Message[] };
      return { L: values.map((element) => attribute(element, database)) };
    }
    case 'mapValue':
      return map(
        (value['mapValue'] as { readonly fields: Readonly<Record<string, Message>> }).fields,
        database,
      );
    default:
      throw new Error('a value of an unknown kind');
  }
}

function map(fields: Readonly<Record<string, Message>>, database: string): StoredAttribute {
  const entries = Object.entries(fields).map(([name, value]) => [name, attribute(value, database)] as const);
  const { __type__: type, value } = Object.fromEntries(entries);
  const isVector =
    entries.length === 2 &&
    fields['__type__']?.['stringValue'] === '__vector__' &&
    type !== undefined &&
    (fields['value']?.['arrayValue'] as { values: readonly Message[] } | null | undefined)?.values.every(
      (element) => element['valueType'] === 'doubleValue' || element['valueType'] === 'integerValue',
    ) === true;
  return isVector && value !== undefined ? value : { M: Object.fromEntries(entries) };
}

function double(value: number): StoredAttribute {
  const text = Object.is(value, -0) ? '0' : String(value);
  const magnitude = Math.abs(value);
  const isNumber = Number.isFinite(value) && (value === 0 || (magnitude >= 1e-130 && magnitude < 1e126));
  return isNumber ? { N: text } : { S: text };
}

function timestampText(value: Message): string {
  const seconds = Number(bigintOf(value['seconds']));
  const micros = Math.floor(Number(value['nanos']) / 1000);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`;
}

function referenceText(name: string, database: string): string {
  return database !== '' && name.startsWith(database) && name !== database
    ? name.slice(database.length)
    : name;
}

function bigintOf(long: unknown): bigint {
  const { high, low } = long as { readonly high: number; readonly low: number };
  return (BigInt(high) << 32n) + BigInt(low >>> 0);
}
