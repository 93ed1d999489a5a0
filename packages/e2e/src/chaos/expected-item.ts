import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { DocumentReference, GeoPoint, Timestamp } from 'firebase-admin/firestore';

/** The contract for the defaulted fields. */
const lists = ['trades'];
const maps = ['heatmap', 'performance', 'risk', 'summary'];

export interface SourceDocument {
  readonly userId: string;
  readonly date: string;
  readonly updateTime: Timestamp;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The item that a document has to become, written from the documentation alone: it shares nothing with the migration's
 * own mapping, or a mistake in that would be its own proof.
 */
export function expectedItem(entry: SourceDocument, migratedAt: string): Record<string, AttributeValue> {
  const { userId, date, fields } = entry;
  const data: Record<string, AttributeValue> = {};
  for (const name of lists) data[name] = { L: [] };
  for (const name of maps) data[name] = { M: {} };
  for (const [name, value] of Object.entries(fields)) data[name] = attribute(value);
  return {
    dateKey: { S: `journal_${userId}_${date}` },
    data: {
      M: {
        ...data,
        userId: { S: userId },
        date: { S: date },
        metadata: {
          M: {
            migratedFrom: { S: 'firestore' },
            migratedAt: { S: migratedAt },
            originalTimestamp: { S: text(entry.updateTime) },
          },
        },
      },
    },
    updatedAt: { S: migratedAt },
  };
}

function attribute(value: unknown): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'bigint') return { N: String(value) };
  if (typeof value === 'number') return Number.isFinite(value) ? { N: String(value) } : { S: String(value) };
  if (value instanceof Timestamp) return { S: text(value) };
  if (value instanceof Uint8Array) return { B: value };
  if (value instanceof GeoPoint)
    return { M: { latitude: attribute(value.latitude), longitude: attribute(value.longitude) } };
  if (value instanceof DocumentReference) return { S: value.path };
  if (Array.isArray(value)) return { L: value.map(attribute) };
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return {
      M: Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, attribute(inner)])),
    };
  throw new TypeError(`no rule for a ${typeof value}`);
}

/** Always six digits. */
function text(time: Timestamp): string {
  const seconds = new Date(time.seconds * 1_000).toISOString().slice(0, 19);
  return `${seconds}.${String(Math.floor(time.nanoseconds / 1_000)).padStart(6, '0')}Z`;
}

/** The path of the first difference; undefined if there is none. Numbers are compared by value, maps without order. */
export function difference(
  expected: AttributeValue | undefined,
  actual: AttributeValue | undefined,
  at: string,
): string | undefined {
  if (expected === undefined || actual === undefined) return expected === actual ? undefined : at;
  if (expected.N !== undefined)
    return actual.N !== undefined && Number(expected.N) === Number(actual.N) ? undefined : at;
  if (expected.B !== undefined)
    return actual.B !== undefined && Buffer.compare(expected.B, actual.B) === 0 ? undefined : at;
  if (expected.L !== undefined) {
    const { L: list } = actual;
    if (list?.length !== expected.L.length) return at;
    return firstOf(expected.L.map((inner, index) => difference(inner, list[index], `${at}[${index}]`)));
  }
  if (expected.M !== undefined) return mapDifference(expected.M, actual.M, at);
  return JSON.stringify(expected) === JSON.stringify(actual) ? undefined : at;
}

function mapDifference(
  expected: Record<string, AttributeValue>,
  actual: Record<string, AttributeValue> | undefined,
  at: string,
): string | undefined {
  if (actual === undefined) return at;
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return firstOf([...names].map((name) => difference(expected[name], actual[name], `${at}.${name}`)));
}

export function itemDifference(
  expected: Record<string, AttributeValue>,
  actual: Record<string, AttributeValue>,
): string | undefined {
  return mapDifference(expected, actual, 'item');
}

function firstOf(differences: readonly (string | undefined)[]): string | undefined {
  return differences.find((one) => one !== undefined);
}
