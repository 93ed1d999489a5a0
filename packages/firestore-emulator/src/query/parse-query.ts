import { compareUtf8 } from '../names/compare-ids.ts';
import { isNameField, nameField, samePath } from '../names/field-path.ts';
import type { FieldPath } from '../names/field-path.ts';
import { checkId, parseParentName } from '../names/resource-name.ts';
import type { CursorMessage, StructuredQuery } from '../protocol/messages.ts';
import { invalidArgument, unsupported } from '../protocol/rpc-error.ts';
import type { Scope } from '../store/scan-names.ts';
import { maskOfPaths } from '../values/field-mask.ts';
import type { FieldMask } from '../values/field-mask.ts';
import { decodeValue } from '../values/value.ts';
import type { FirestoreValue } from '../values/value.ts';
import { inequalityPaths, parseFilter, referencedPath } from './filters.ts';
import type { Filter } from './filters.ts';

export interface Order {
  readonly path: FieldPath;
  readonly descending: boolean;
}

/** A position in the order of the results: before or behind whatever has these values first. */
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

function ordersOf(query: StructuredQuery, filter: Filter | undefined): readonly Order[] {
  const orders: Order[] = query.orderBy.map(({ field, direction }) => ({
    path: referencedPath(field),
    descending: direction === 'DESCENDING',
  }));
  const descending = orders.at(-1)?.descending ?? false;
  const implied = (filter === undefined ? [] : inequalityPaths(filter))
    .filter((path) => !isNameField(path))
    .toSorted((a, b) => compareUtf8(a.join('.'), b.join('.')));
  for (const path of implied) {
    if (!orders.some((order) => samePath(order.path, path))) orders.push({ path, descending });
  }
  const byName = orders.findIndex((order) => isNameField(order.path));
  if (byName === -1) return [...orders, { path: [nameField], descending }];
  // Names are unique: what would come behind them orders nothing.
  return orders.slice(0, byName + 1);
}

function cursorOf(message: CursorMessage | null, orders: readonly Order[]): Cursor | undefined {
  if (message === null || message.values.length === 0) return undefined;
  if (message.values.length > orders.length) {
    throw invalidArgument('A cursor has more values than the query has orders.');
  }
  const values = message.values.map((value) => decodeValue(value));
  values.forEach((value, index) => {
    if (isNameField(orders[index]!.path) && value.kind !== 'reference') {
      throw invalidArgument('The value of a cursor for __name__ must be a reference.');
    }
  });
  return { values, before: message.before };
}

function selectOf(query: StructuredQuery): FieldMask | undefined {
  if (query.select === null || query.select.fields.length === 0) return undefined;
  const paths = query.select.fields.map((field) => referencedPath(field));
  return maskOfPaths(paths.filter((path) => !isNameField(path)));
}

/** Parses a query below `parent`. @throws RpcError INVALID_ARGUMENT, UNIMPLEMENTED */
export function parseQuery(parent: string, query: StructuredQuery | undefined): Query {
  if (query === undefined) throw invalidArgument('The request holds no structured query.');
  if (query.findNearest !== null) throw unsupported('nearest-neighbour queries (find_nearest)');
  if (query.offset < 0) throw invalidArgument('The offset of a query must not be negative.');
  const limit = query.limit === null ? Infinity : query.limit.value;
  if (limit < 0) throw invalidArgument('The limit of a query must not be negative.');
  const { database, segments } = parseParentName(parent);
  const filter = query.where === null ? undefined : parseFilter(query.where);
  const orders = ordersOf(query, filter);
  return {
    database,
    scope: scopeOf(segments, query.from),
    filter,
    orders,
    start: cursorOf(query.startAt, orders),
    end: cursorOf(query.endAt, orders),
    offset: query.offset,
    limit,
    select: selectOf(query),
  };
}
