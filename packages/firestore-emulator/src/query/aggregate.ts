import { checkFieldName, isNameField, samePath, type FieldPath } from '../names/field-path.ts';
import type { AggregationMessage, FieldReference } from '../protocol/messages.ts';
import { invalidArgument } from '../protocol/rpc-error.ts';
import type { StoredDocument } from '../store/stored-document.ts';
import { encodeDouble, encodeInteger, encodeNull } from '../values/encode-value.ts';
import type { FirestoreValue } from '../values/value.ts';
import { referencedPath } from './filters.ts';
import { queryField } from './query-field.ts';

const maximumAggregations = 5;
const largestInteger = 2n ** 63n - 1n;
const smallestInteger = -(2n ** 63n);

interface Aggregation {
  readonly alias: string;
  /** The field that it adds up; undefined for a count. */
  readonly path: FieldPath | undefined;
  readonly result: (documents: readonly StoredDocument[]) => Uint8Array;
}

function numbersAt(documents: readonly StoredDocument[], path: FieldPath): (number | bigint)[] {
  return documents
    .map((document) => queryField(document, path))
    .filter((value): value is Extract<FirestoreValue, { kind: 'integer' | 'double' }> => {
      return value?.kind === 'integer' || value?.kind === 'double';
    })
    .map((value) => value.value);
}

function total(numbers: readonly (number | bigint)[]): number {
  return numbers.reduce<number>((sum, one) => sum + Number(one), 0);
}

function exactSum(numbers: readonly (number | bigint)[]): Uint8Array {
  if (numbers.every((one) => typeof one === 'bigint')) {
    const exact = numbers.reduce<bigint>((so, one) => so + one, 0n);
    if (exact >= smallestInteger && exact <= largestInteger) return encodeInteger(exact);
  }
  return encodeDouble(total(numbers));
}

function aggregatedPath(reference: FieldReference | null | undefined): FieldPath {
  const path = referencedPath(reference);
  if (isNameField(path)) throw invalidArgument('__name__ can not be added up.');
  return path;
}

function parseAggregation(message: AggregationMessage, index: number): Aggregation {
  const alias = message.alias === '' ? `field_${index + 1}` : message.alias;
  switch (message.operator) {
    case 'count': {
      const upTo = message.count?.upTo?.value ?? Infinity;
      if (upTo < 0) throw invalidArgument('The limit of a count (up_to) must not be negative.');
      return {
        alias,
        path: undefined,
        result: ({ length }) => encodeInteger(BigInt(Math.min(length, upTo))),
      };
    }
    case 'sum': {
      const path = aggregatedPath(message.sum?.field);
      return { alias, path, result: (documents) => exactSum(numbersAt(documents, path)) };
    }
    case 'avg': {
      const path = aggregatedPath(message.avg?.field);
      const result = (documents: readonly StoredDocument[]): Uint8Array => {
        const numbers = numbersAt(documents, path);
        return numbers.length === 0 ? encodeNull() : encodeDouble(total(numbers) / numbers.length);
      };
      return { alias, path, result };
    }
    default:
      throw invalidArgument('An aggregation must be a count, a sum or an average.');
  }
}

export interface Aggregations {
  /** The fields that are added up. Only documents that have all of them count. */
  readonly paths: readonly FieldPath[];
  /** From the query's documents to the encoded results by alias. */
  readonly results: (documents: readonly StoredDocument[]) => Record<string, Uint8Array>;
}

export function parseAggregations(messages: readonly AggregationMessage[]): Aggregations {
  if (messages.length === 0 || messages.length > maximumAggregations) {
    throw invalidArgument(`A query needs 1 to ${maximumAggregations} aggregations.`);
  }
  const aggregations = messages.map((message, index) => parseAggregation(message, index));
  const aliases = new Set(aggregations.map(({ alias }) => alias));
  if (aliases.size < aggregations.length) throw invalidArgument('Two aggregations have the same alias.');
  for (const alias of aliases) checkFieldName(alias);
  const paths = aggregations.flatMap(({ path }) => (path === undefined ? [] : [path]));
  return {
    paths: paths.filter((path, index) => paths.findIndex((one) => samePath(one, path)) === index),
    results: (documents) =>
      Object.fromEntries(aggregations.map(({ alias, result }) => [alias, result(documents)])),
  };
}
