import { compareUtf8 } from '../names/compare-ids.ts';
import { isNameField, nameField, samePath, type FieldPath } from '../names/field-path.ts';
import { checkId, parseDocumentName, parseParentName } from '../names/resource-name.ts';
import type { CursorMessage, StructuredQuery } from '../protocol/messages.ts';
import { invalidArgument, unsupported } from '../protocol/rpc-error.ts';
import type { Scope } from '../store/scan-names.ts';
import { maskOfPaths, type FieldMask } from '../values/field-mask.ts';
import { decodeValue, type FirestoreValue } from '../values/value.ts';
import {
  checkCombination,
  exists,
  inequalityPaths,
  parseFilter,
  referencedPath,
  type Filter,
} from './filters.ts';

export interface Order {
  readonly path: FieldPath;
  readonly descending: boolean;
}

/** A position in the order of the results: before or behind the results that begin with these values. */
export interface Cursor {
  readonly values: readonly FirestoreValue[];
  readonly before: boolean;
}

/** A query with all that the service adds to it: the orders end with `__name__`. */
export interface Query {
  readonly database: string;
  readonly scope: Scope;
  readonly filter: Filter | undefined;
  readonly orders: readonly Order[];
  readonly start: Cursor | undefined;
  readonly end: Cursor | undefined;
  readonly offset: number;
  readonly limit: number;
  /** Undefined: whole documents. */
  readonly select: FieldMask | undefined;
}

function scopeOf(segments: readonly string[], from: StructuredQuery['from']): Scope {
  if (from.length > 1) throw invalidArgument('A query can read from one collection selector only.');
  const selector = from[0];
  const collectionId = selector?.collectionId ?? '';
  if (collectionId !== '') checkId(collectionId, 'Collection');
  return {
    parent: segments,
    collectionId: collectionId === '' ? undefined : collectionId,
    allDescendants: selector?.allDescendants ?? false,
  };
}

function ordersOf(
  query: StructuredQuery,
  filter: Filter | undefined,
  aggregated: readonly FieldPath[],
): readonly Order[] {
  const orders: Order[] = query.orderBy.map(({ field, direction }) => ({
    path: referencedPath(field),
    descending: direction === 'DESCENDING',
  }));
  orders.forEach(({ path }, index) => {
    if (index > 0 && isNameField(orders[index - 1]!.path)) {
      throw invalidArgument('Nothing can be ordered behind __name__.');
    }
    if (orders.findIndex((order) => samePath(order.path, path)) < index) {
      throw invalidArgument(`A query can be ordered by "${path.join('.')}" once only.`);
    }
  });
  const descending = orders.at(-1)?.descending ?? false;
  const implied = (filter === undefined ? [] : inequalityPaths(filter))
    .filter((path) => !isNameField(path))
    .toSorted((a, b) => compareUtf8(a.join('.'), b.join('.')));
  for (const path of [...implied, ...aggregated]) {
    if (!orders.some((order) => samePath(order.path, path))) orders.push({ path, descending });
  }
  const byName = orders.findIndex((order) => isNameField(order.path));
  if (byName === -1) return [...orders, { path: [nameField], descending }];
  // Names are unique: what would come behind them orders nothing.
  return orders.slice(0, byName + 1);
}

function cursorOf(
  message: CursorMessage | null,
  orders: readonly Order[],
  given: number,
): Cursor | undefined {
  if (message === null) return undefined;
  if (message.values.length > given) {
    throw invalidArgument('A cursor has more values than the query has orders.');
  }
  const values = message.values.map((value) => decodeValue(value));
  values.forEach((value, index) => {
    if (!isNameField(orders[index]!.path)) return;
    if (value.kind !== 'reference') {
      throw invalidArgument('The value of a cursor for __name__ must be a reference.');
    }
    parseDocumentName(value.value);
  });
  return { values, before: message.before };
}

function filterOf(query: StructuredQuery, aggregated: readonly FieldPath[]): Filter | undefined {
  const where = query.where === null ? undefined : parseFilter(query.where);
  if (where !== undefined) checkCombination(where);
  const filters = [...(where === undefined ? [] : [where]), ...aggregated.map(exists)];
  return filters.length > 1 ? { type: 'and', filters } : filters[0];
}

function selectOf(query: StructuredQuery): FieldMask | undefined {
  if (query.select === null || query.select.fields.length === 0) return undefined;
  const paths = query.select.fields.map((field) => referencedPath(field));
  return maskOfPaths(paths.filter((path) => !isNameField(path)));
}

/**
 * Parses a query below `parent`. Documents need the `aggregated` fields, and are ordered by them behind all else: that is what
 * a limit counts. @throws RpcError INVALID_ARGUMENT, UNIMPLEMENTED
 */
export function parseQuery(
  parent: string,
  query: StructuredQuery | undefined,
  aggregated: readonly FieldPath[] = [],
): Query {
  if (query === undefined) throw invalidArgument('The request holds no structured query.');
  if (query.findNearest !== null) throw unsupported('nearest-neighbour queries (find_nearest)');
  if (query.offset < 0) throw invalidArgument('The offset of a query must not be negative.');
  const limit = query.limit === null ? Infinity : query.limit.value;
  if (limit < 0) throw invalidArgument('The limit of a query must not be negative.');
  const { database, segments } = parseParentName(parent);
  const filter = filterOf(query, aggregated);
  const orders = ordersOf(query, filter, aggregated);
  return {
    database,
    scope: scopeOf(segments, query.from),
    filter,
    orders,
    start: cursorOf(query.startAt, orders, query.orderBy.length),
    end: cursorOf(query.endAt, orders, query.orderBy.length),
    offset: query.offset,
    limit,
    select: selectOf(query),
  };
}
