import { isNameField } from '../names/field-path.ts';
import type { Database } from '../store/database.ts';
import { scanNames } from '../store/scan-names.ts';
import { documentFields, withFields, type StoredDocument } from '../store/stored-document.ts';
import { compareValues } from '../values/compare-values.ts';
import { pickFields } from '../values/field-mask.ts';
import type { FirestoreValue } from '../values/value.ts';
import { matches } from './filters.ts';
import { boundAt, intersectBounds, splitNameRange, type NameBounds } from './name-range.ts';
import type { Cursor, Order, Query } from './parse-query.ts';
import { queryField } from './query-field.ts';

export interface QueryResult {
  /** Whole documents, also where the query selects fields. */
  readonly documents: readonly StoredDocument[];
  /** How many the offset skipped. */
  readonly skipped: number;
}

interface Row {
  readonly document: StoredDocument;
  readonly keys: readonly FirestoreValue[];
}

function cursorBounds(query: Query, descending: boolean): NameBounds {
  const { start, end, database } = query;
  const first = start?.values[0];
  const last = end?.values[0];
  const from =
    start === undefined || first === undefined ? undefined : boundAt(database, first, start.before);
  const to = end === undefined || last === undefined ? undefined : boundAt(database, last, !end.before);
  return descending ? { lower: to, upper: from } : { lower: from, upper: to };
}

function* matching(
  database: Database,
  query: Query,
  descending: boolean,
  extra: NameBounds,
): Generator<StoredDocument, void, undefined> {
  const { bounds, rest } = splitNameRange(query.database, query.filter);
  const range = { ...intersectBounds(bounds, extra), descending };
  for (const { document } of scanNames(database.tree, query.scope, range)) {
    if (document !== undefined && rest.every((filter) => matches(filter, document))) yield document;
  }
}

function compareKeys(
  a: readonly FirestoreValue[],
  b: readonly FirestoreValue[],
  orders: readonly Order[],
): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareValues(a[index]!, b[index]!);
    if (order !== 0) return orders[index]!.descending ? -order : order;
  }
  return 0;
}

function isWithin(keys: readonly FirestoreValue[], query: Query): boolean {
  const against = (cursor: Cursor): number => compareKeys(keys, cursor.values, query.orders);
  if (query.start !== undefined) {
    const order = against(query.start);
    if (order < 0 || (order === 0 && !query.start.before)) return false;
  }
  if (query.end !== undefined) {
    const order = against(query.end);
    if (order > 0 || (order === 0 && query.end.before)) return false;
  }
  return true;
}

function keysOf(document: StoredDocument, orders: readonly Order[]): readonly FirestoreValue[] | undefined {
  const keys: FirestoreValue[] = [];
  for (const { path } of orders) {
    const value = queryField(document, path);
    if (value === undefined) return undefined;
    keys.push(value);
  }
  return keys;
}

function inOrder(database: Database, query: Query): Iterable<StoredDocument> {
  const order = query.orders[0]!;
  if (isNameField(order.path)) {
    return matching(database, query, order.descending, cursorBounds(query, order.descending));
  }
  const rows: Row[] = [];
  for (const document of matching(database, query, false, {})) {
    const keys = keysOf(document, query.orders);
    if (keys !== undefined && isWithin(keys, query)) rows.push({ document, keys });
  }
  return rows.toSorted((a, b) => compareKeys(a.keys, b.keys, query.orders)).map((row) => row.document);
}

/** A cursor without values stands before all documents or behind them. */
function isEmptyRange({ start, end }: Query): boolean {
  return (start?.values.length === 0 && !start.before) || (end?.values.length === 0 && end.before);
}

/** Finds a query's documents, in order, as they are at this moment. */
export function evaluateQuery(database: Database, query: Query): QueryResult {
  const documents: StoredDocument[] = [];
  let skipped = 0;
  if (query.limit === 0 || isEmptyRange(query)) return { documents, skipped };
  for (const document of inOrder(database, query)) {
    if (skipped < query.offset) {
      skipped += 1;
      continue;
    }
    documents.push(document);
    if (documents.length >= query.limit) break;
  }
  return { documents, skipped };
}

/** The document as the query selects it. */
export function projectDocument(document: StoredDocument, query: Query): Buffer {
  if (query.select === undefined) return document.encoded;
  return withFields(document, pickFields(documentFields(document.encoded), query.select)).encoded;
}
