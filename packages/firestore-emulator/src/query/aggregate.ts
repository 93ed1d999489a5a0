import type { FieldPath } from '../names/field-path.ts';
import type { AggregationMessage } from '../protocol/messages.ts';
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

function parseAggregation(message: AggregationMessage, index: number): Aggregation {
  const alias = message.alias === '' ? `field_${index + 1}` : message.alias;
  switch (message.operator) {
    case 'count': {
      const upTo = message.count?.upTo?.value ?? Infinity;
      if (upTo <= 0) throw invalidArgument('The limit of a count (up_to) must be positive.');
      return {
        alias,
        path: undefined,
        result: ({ length }) => encodeInteger(BigInt(Math.min(length, upTo))),
      };
    }
    case 'sum': {
      const path = referencedPath(message.sum?.field);
      return { alias, path, result: (documents) => exactSum(numbersAt(documents, path)) };
    }
    case 'avg': {
      const path = referencedPath(message.avg?.field);
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

/** Parses aggregations into a function from the query's documents to the encoded results by alias. */
export function parseAggregations(
  messages: readonly AggregationMessage[],
): (documents: readonly StoredDocument[]) => Record<string, Uint8Array> {
  if (messages.length === 0 || messages.length > maximumAggregations) {
    throw invalidArgument(`A query needs 1 to ${maximumAggregations} aggregations.`);
  }
  const aggregations = messages.map((message, index) => parseAggregation(message, index));
  const paths = aggregations.flatMap(({ path }) => (path === undefined ? [] : [path]));
  return (documents) => {
    // The service counts only documents that have all the fields that are added up beside.
    const counted =
      paths.length === 0
        ? documents
        : documents.filter((document) => paths.every((path) => queryField(document, path) !== undefined));
    return Object.fromEntries(aggregations.map(({ alias, result }) => [alias, result(counted)]));
  };
}
