import { type FieldPath, parseFieldPath, samePath } from '../names/field-path.ts';
import type { FieldTransform } from '../protocol/messages.ts';
import { invalidArgument } from '../protocol/rpc-error.ts';
import { compareValues, equalValues } from '../values/compare-values.ts';
import {
  encodeArray,
  encodeDouble,
  encodeInteger,
  encodeNull,
  encodeTimestampValue,
} from '../values/encode-value.ts';
import { fieldAt, withFieldAt } from '../values/field-mask.ts';
import { normaliseValue } from '../values/normalise-value.ts';
import {
  contentOf,
  decodeValue,
  readArrayElements,
  valueKind,
  type FirestoreValue,
} from '../values/value.ts';
import type { FieldMap } from '../wire/field-map.ts';

const largestInteger = 2n ** 63n - 1n;
const smallestInteger = -(2n ** 63n);

function numberOf(value: FirestoreValue): number | bigint | undefined {
  return value.kind === 'integer' || value.kind === 'double' ? value.value : undefined;
}

function operand(bytes: Uint8Array): { bytes: Uint8Array; value: number | bigint } {
  const value = numberOf(decodeValue(bytes));
  if (value === undefined) throw invalidArgument('The operand of a numeric transform must be a number.');
  return { bytes, value };
}

function increment(stored: Uint8Array | undefined, by: Uint8Array): Uint8Array {
  const { value: right } = operand(by);
  const left = stored === undefined ? undefined : numberOf(decodeValue(stored));
  if (left === undefined) return by;
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    const sum = left + right;
    return encodeInteger(
      sum > largestInteger ? largestInteger : sum < smallestInteger ? smallestInteger : sum,
    );
  }
  return encodeDouble(Number(left) + Number(right));
}

function extreme(stored: Uint8Array | undefined, given: Uint8Array, sign: 1 | -1): Uint8Array {
  const { value: right } = operand(given);
  const left = stored === undefined ? undefined : numberOf(decodeValue(stored));
  if (stored === undefined || left === undefined) return given;
  if (Number.isNaN(left)) return stored;
  if (Number.isNaN(right)) return given;
  const order = compareValues(decodeValue(stored), decodeValue(given));
  return order * sign >= 0 ? stored : given;
}

function elementsOf(stored: Uint8Array | undefined): Uint8Array[] {
  const array = stored === undefined ? undefined : contentOf(stored, valueKind.array);
  return array === undefined ? [] : readArrayElements(array);
}

function union(stored: Uint8Array | undefined, added: readonly Uint8Array[]): Uint8Array {
  const elements = elementsOf(stored);
  const values = elements.map((element) => decodeValue(element));
  for (const bytes of added) {
    const value = decodeValue(bytes);
    if (values.some((other) => equalValues(other, value))) continue;
    elements.push(bytes);
    values.push(value);
  }
  return encodeArray(elements);
}

function difference(stored: Uint8Array | undefined, removed: readonly Uint8Array[]): Uint8Array {
  const values = removed.map((bytes) => decodeValue(bytes));
  return encodeArray(
    elementsOf(stored).filter((element) => {
      const value = decodeValue(element);
      return !values.some((other) => equalValues(other, value));
    }),
  );
}

interface Outcome {
  readonly stored: Uint8Array;
  /** The write's result for the client. */
  readonly result: Uint8Array;
}

function applyTransform(transform: FieldTransform, stored: Uint8Array | undefined, time: number): Outcome {
  switch (transform.transformType) {
    case 'setToServerValue': {
      if (transform.setToServerValue !== 'REQUEST_TIME') {
        throw invalidArgument('A server value transform must ask for the REQUEST_TIME.');
      }
      // The protos promise the request's time with the precision of a millisecond.
      const value = encodeTimestampValue(BigInt(Math.floor(time / 1000)) * 1_000_000n);
      return { stored: value, result: value };
    }
    case 'increment': {
      const value = increment(stored, transform.increment ?? encodeNull());
      return { stored: value, result: value };
    }
    case 'maximum': {
      const value = extreme(stored, transform.maximum ?? encodeNull(), 1);
      return { stored: value, result: value };
    }
    case 'minimum': {
      const value = extreme(stored, transform.minimum ?? encodeNull(), -1);
      return { stored: value, result: value };
    }
    case 'appendMissingElements': {
      const elements = transform.appendMissingElements?.values ?? [];
      return { stored: normaliseValue(union(stored, elements)), result: encodeNull() };
    }
    case 'removeAllFromArray': {
      const elements = transform.removeAllFromArray?.values ?? [];
      return { stored: difference(stored, elements), result: encodeNull() };
    }
    default:
      throw invalidArgument(`The transform of "${transform.fieldPath}" says nothing to do.`);
  }
}

/** Checks what can be checked before the document is known. @throws RpcError INVALID_ARGUMENT */
export function checkTransforms(transforms: readonly FieldTransform[]): void {
  const paths = transforms.map(({ fieldPath }) => parseFieldPath(fieldPath));
  for (const path of paths) {
    const holds = (other: FieldPath): boolean =>
      other.length > path.length && samePath(other.slice(0, path.length), path);
    if (paths.some(holds)) {
      throw invalidArgument(`A field and "${path.join('.')}" around it can not be transformed at once.`);
    }
  }
  // On nothing each of them can be applied.
  for (const transform of transforms) applyTransform(transform, undefined, 0);
}

/** Applies transforms in order. `time` is the commit's, in microseconds. @throws RpcError INVALID_ARGUMENT */
export function applyTransforms(
  fields: FieldMap,
  transforms: readonly FieldTransform[],
  time: number,
): { readonly fields: FieldMap; readonly results: readonly Uint8Array[] } {
  let current = fields;
  const results: Uint8Array[] = [];
  for (const transform of transforms) {
    const path = parseFieldPath(transform.fieldPath);
    const { stored, result } = applyTransform(transform, fieldAt(current, path), time);
    current = withFieldAt(current, path, stored);
    results.push(result);
  }
  return { fields: current, results };
}
