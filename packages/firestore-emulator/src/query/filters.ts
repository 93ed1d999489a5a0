import { isNameField, parseFieldPath } from '../names/field-path.ts';
import type { FieldPath } from '../names/field-path.ts';
import type { FieldReference, FilterMessage } from '../protocol/messages.ts';
import { invalidArgument } from '../protocol/rpc-error.ts';
import type { StoredDocument } from '../store/stored-document.ts';
import { comparable, compareValues, equalValues } from '../values/compare-values.ts';
import { decodeValue } from '../values/value.ts';
import type { FirestoreValue } from '../values/value.ts';
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

function list(op: string, operand: FirestoreValue): readonly FirestoreValue[] {
  const values = elements(operand);
  if (operand.kind !== 'array' || values.length === 0 || values.length > maximumListLength) {
    throw invalidArgument(`The operator ${op} needs an array of 1 to ${maximumListLength} values.`);
  }
  return values;
}

function range(operand: FirestoreValue, accepts: (order: number) => boolean): FieldTest {
  return (value) => comparable(value, operand) && accepts(compareValues(value, operand));
}

function fieldTest(op: string, operand: FirestoreValue): FieldTest {
  switch (op) {
    case 'EQUAL':
      return (value) => equalValues(value, operand);
    case 'NOT_EQUAL':
      return (value) => value.kind !== 'null' && !equalValues(value, operand);
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
      return (value) => values.some((one) => equalValues(one, value));
    }
    case 'NOT_IN': {
      const values = list(op, operand);
      if (values.some((one) => one.kind === 'null')) return () => false;
      return (value) => value.kind !== 'null' && !values.some((one) => equalValues(one, value));
    }
    case 'ARRAY_CONTAINS':
      return (value) => elements(value).some((one) => equalValues(one, operand));
    case 'ARRAY_CONTAINS_ANY': {
      const values = list(op, operand);
      return (value) => elements(value).some((one) => values.some((wanted) => equalValues(one, wanted)));
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
  if (values.some((value) => value.kind !== 'reference')) {
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
    const operand = decodeValue(fieldFilter.value);
    if (isNameField(path)) checkNameOperand(fieldFilter.op, operand);
    return { type: 'field', path, op: fieldFilter.op, operand, test: fieldTest(fieldFilter.op, operand) };
  }
  if (message.filterType === 'unaryFilter' && unaryFilter !== undefined) {
    const path = referencedPath(unaryFilter.field);
    return { type: 'field', path, op: unaryFilter.op, operand: undefined, test: unaryTest(unaryFilter.op) };
  }
  throw invalidArgument('A filter must be a composite, a field or a unary filter.');
}

/** Whether a document meets a filter. */
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
