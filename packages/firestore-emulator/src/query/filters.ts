import { isNameField, parseFieldPath, type FieldPath } from '../names/field-path.ts';
import type { FieldReference, FilterMessage } from '../protocol/messages.ts';
import { invalidArgument } from '../protocol/rpc-error.ts';
import type { StoredDocument } from '../store/stored-document.ts';
import { comparable, compareValues, equalValues } from '../values/compare-values.ts';
import { decodeValue, type FirestoreValue } from '../values/value.ts';
import { queryField } from './query-field.ts';

type FieldTest = (value: FirestoreValue) => boolean;

/** A condition on one field, which must exist. */
export interface FieldCondition {
  readonly type: 'field';
  readonly path: FieldPath;
  readonly op: string;
  /** The operand; undefined for the unary operators. */
  readonly operand: FirestoreValue | undefined;
  readonly test: FieldTest;
}

/** A parsed filter: a condition, or all or any of several. */
export type Filter = FieldCondition | { readonly type: 'and' | 'or'; readonly filters: readonly Filter[] };

const maximumListLength = 30;
const maximumNotInLength = 10;
/** Operators of which a query may have one. */
const exclusions: ReadonlySet<string> = new Set(['NOT_EQUAL', 'NOT_IN', 'IS_NOT_NAN', 'IS_NOT_NULL']);
/** Operators by which a query without an explicit order on the field orders its results. */
const inequalities: ReadonlySet<string> = new Set([
  'LESS_THAN',
  'LESS_THAN_OR_EQUAL',
  'GREATER_THAN',
  'GREATER_THAN_OR_EQUAL',
  'NOT_EQUAL',
  'NOT_IN',
  'IS_NOT_NAN',
  'IS_NOT_NULL',
]);

function elements(value: FirestoreValue): readonly FirestoreValue[] {
  return value.kind === 'array' ? value.values : [];
}

function list(op: string, operand: FirestoreValue, longest = maximumListLength): readonly FirestoreValue[] {
  const values = elements(operand);
  if (operand.kind !== 'array' || values.length === 0 || values.length > longest) {
    throw invalidArgument(`The operator ${op} needs an array of 1 to ${longest} values.`);
  }
  return values;
}

/** As in SQL, null and NaN are not equal, less or greater than anything: only unary filters find them. */
function isUnordered(value: FirestoreValue): boolean {
  return value.kind === 'null' || isNaNValue(value);
}

function range(operand: FirestoreValue, accepts: (order: number) => boolean): FieldTest {
  return (value) =>
    comparable(value, operand) &&
    !isUnordered(value) &&
    !isUnordered(operand) &&
    accepts(compareValues(value, operand));
}

function equals(value: FirestoreValue, operand: FirestoreValue): boolean {
  return !isUnordered(operand) && equalValues(value, operand);
}

function fieldTest(op: string, operand: FirestoreValue): FieldTest {
  switch (op) {
    case 'EQUAL':
      return (value) => equals(value, operand);
    case 'NOT_EQUAL':
      if (operand.kind === 'null') return () => false;
      return (value) => value.kind !== 'null' && !equals(value, operand);
    case 'LESS_THAN':
      return range(operand, (order) => order < 0);
    case 'LESS_THAN_OR_EQUAL':
      return range(operand, (order) => order <= 0);
    case 'GREATER_THAN':
      return range(operand, (order) => order > 0);
    case 'GREATER_THAN_OR_EQUAL':
      return range(operand, (order) => order >= 0);
    case 'IN': {
      const values = list(op, operand);
      return (value) => values.some((one) => equals(value, one));
    }
    case 'NOT_IN': {
      const values = list(op, operand, maximumNotInLength);
      if (values.some((one) => one.kind === 'null')) return () => false;
      return (value) => value.kind !== 'null' && !values.some((one) => equals(value, one));
    }
    case 'ARRAY_CONTAINS':
      return (value) => elements(value).some((one) => equals(one, operand));
    case 'ARRAY_CONTAINS_ANY': {
      const values = list(op, operand);
      return (value) => elements(value).some((one) => values.some((wanted) => equals(one, wanted)));
    }
    default:
      throw invalidArgument(`A field filter has no known operator: ${op}.`);
  }
}

function isNaNValue(value: FirestoreValue): boolean {
  return value.kind === 'double' && Number.isNaN(value.value);
}

function unaryTest(op: string): FieldTest {
  switch (op) {
    case 'IS_NAN':
      return isNaNValue;
    case 'IS_NOT_NAN':
      return (value) => value.kind !== 'null' && !isNaNValue(value);
    case 'IS_NULL':
      return (value) => value.kind === 'null';
    case 'IS_NOT_NULL':
      return (value) => value.kind !== 'null';
    default:
      throw invalidArgument(`A unary filter has no known operator: ${op}.`);
  }
}

/** The path that a message names. @throws RpcError INVALID_ARGUMENT */
export function referencedPath(reference: FieldReference | null | undefined): FieldPath {
  return parseFieldPath(reference?.fieldPath ?? '');
}

function checkNameOperand(op: string, operand: FirestoreValue): void {
  const values = op === 'IN' || op === 'NOT_IN' ? elements(operand) : [operand];
  if (op.startsWith('ARRAY_') || values.some((value) => value.kind !== 'reference')) {
    throw invalidArgument('A filter on __name__ needs references to documents.');
  }
}

/** Parses a filter. @throws RpcError INVALID_ARGUMENT */
export function parseFilter(message: FilterMessage): Filter {
  const { compositeFilter, fieldFilter, unaryFilter } = message;
  if (message.filterType === 'compositeFilter' && compositeFilter !== undefined) {
    if (compositeFilter.op !== 'AND' && compositeFilter.op !== 'OR') {
      throw invalidArgument('A composite filter must be AND or OR.');
    }
    const filters = compositeFilter.filters.map((filter) => parseFilter(filter));
    return { type: compositeFilter.op === 'AND' ? 'and' : 'or', filters };
  }
  if (message.filterType === 'fieldFilter' && fieldFilter !== undefined) {
    const path = referencedPath(fieldFilter.field);
    if (fieldFilter.value.length === 0) throw invalidArgument('A filter needs a value.');
    const operand = decodeValue(fieldFilter.value);
    if (isNameField(path)) checkNameOperand(fieldFilter.op, operand);
    return { type: 'field', path, op: fieldFilter.op, operand, test: fieldTest(fieldFilter.op, operand) };
  }
  if (message.filterType === 'unaryFilter' && unaryFilter !== undefined) {
    const path = referencedPath(unaryFilter.field);
    if (isNameField(path)) throw invalidArgument('A filter on __name__ needs references to documents.');
    return { type: 'field', path, op: unaryFilter.op, operand: undefined, test: unaryTest(unaryFilter.op) };
  }
  throw invalidArgument('A filter must be a composite, a field or a unary filter.');
}

/** All that a filter consists of: its conditions, and the kinds of its composites. */
function* parts(filter: Filter): Generator<string, void, undefined> {
  yield filter.type === 'field' ? filter.op : filter.type;
  if (filter.type !== 'field') for (const one of filter.filters) yield* parts(one);
}

/** Refuses what the service can't combine. @throws RpcError INVALID_ARGUMENT */
export function checkCombination(filter: Filter): void {
  const all = [...parts(filter)];
  if (all.filter((part) => exclusions.has(part)).length > 1) {
    throw invalidArgument(
      'A query can have one filter of NOT_EQUAL, NOT_IN, IS_NOT_NAN and IS_NOT_NULL only.',
    );
  }
  if (all.includes('NOT_IN') && all.some((part) => ['IN', 'ARRAY_CONTAINS_ANY', 'or'].includes(part))) {
    throw invalidArgument('NOT_IN can not be combined with IN, ARRAY_CONTAINS_ANY or OR.');
  }
}

export function exists(path: FieldPath): Filter {
  return { type: 'field', path, op: 'EXISTS', operand: undefined, test: () => true };
}

export function matches(filter: Filter, document: StoredDocument): boolean {
  switch (filter.type) {
    case 'field': {
      const value = queryField(document, filter.path);
      return value !== undefined && filter.test(value);
    }
    case 'and':
      return filter.filters.every((one) => matches(one, document));
    default:
      return filter.filters.some((one) => matches(one, document));
  }
}

/** The paths of all inequalities in a filter. */
export function inequalityPaths(filter: Filter): readonly FieldPath[] {
  if (filter.type !== 'field') return filter.filters.flatMap((one) => inequalityPaths(one));
  return inequalities.has(filter.op) ? [filter.path] : [];
}
