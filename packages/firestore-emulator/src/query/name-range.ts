import { compareSegments } from '../names/compare-ids.ts';
import { isNameField } from '../names/field-path.ts';
import { splitName } from '../names/resource-name.ts';
import { invalidArgument } from '../protocol/rpc-error.ts';
import type { NameBound } from '../store/scan-names.ts';
import type { FirestoreValue } from '../values/value.ts';
import type { FieldCondition, Filter } from './filters.ts';

/** The names that a query can find. */
export interface NameBounds {
  readonly lower?: NameBound | undefined;
  readonly upper?: NameBound | undefined;
}

/** The bound at a reference. @throws RpcError INVALID_ARGUMENT for another value or another database */
export function boundAt(database: string, value: FirestoreValue, inclusive: boolean): NameBound {
  if (value.kind !== 'reference') throw invalidArgument('A position by __name__ must be a reference.');
  const path = splitName(value.value);
  if (path.database !== database) {
    throw invalidArgument(`The reference "${value.value}" is not in the query's database "${database}".`);
  }
  return { segments: path.segments, inclusive };
}

function stricter(a: NameBound | undefined, b: NameBound | undefined, sign: 1 | -1): NameBound | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const order = compareSegments(a.segments, b.segments) * sign;
  if (order === 0) return a.inclusive ? b : a;
  return order > 0 ? a : b;
}

/** The names within both bounds. */
export function intersectBounds(a: NameBounds, b: NameBounds): NameBounds {
  return { lower: stricter(a.lower, b.lower, 1), upper: stricter(a.upper, b.upper, -1) };
}

function boundsOf(database: string, condition: FieldCondition): NameBounds | undefined {
  const { operand } = condition;
  if (operand === undefined || !isNameField(condition.path)) return undefined;
  switch (condition.op) {
    case 'EQUAL': {
      const bound = boundAt(database, operand, true);
      return { lower: bound, upper: bound };
    }
    case 'GREATER_THAN':
    case 'GREATER_THAN_OR_EQUAL':
      return { lower: boundAt(database, operand, condition.op === 'GREATER_THAN_OR_EQUAL') };
    case 'LESS_THAN':
    case 'LESS_THAN_OR_EQUAL':
      return { upper: boundAt(database, operand, condition.op === 'LESS_THAN_OR_EQUAL') };
    default:
      return undefined;
  }
}

/** Splits a filter into the range of names that it demands and the conditions that are left to check. */
export function splitNameRange(
  database: string,
  filter: Filter | undefined,
): { readonly bounds: NameBounds; readonly rest: readonly Filter[] } {
  if (filter === undefined) return { bounds: {}, rest: [] };
  const conditions = filter.type === 'and' ? filter.filters : [filter];
  const rest: Filter[] = [];
  let bounds: NameBounds = {};
  for (const condition of conditions) {
    const own = condition.type === 'field' ? boundsOf(database, condition) : undefined;
    if (own === undefined) rest.push(condition);
    else bounds = intersectBounds(bounds, own);
  }
  return { bounds, rest };
}
