import { invalidArgument } from '../protocol/rpc-error.ts';
import { readFieldMap } from '../wire/field-map.ts';
import { contentField, decodeValue } from './value.ts';

const maximumDimensions = 2048;
export const typeName = '__type__';

/** Checks an encoded MapValue with a name `__type__`, which only a vector may have. @throws RpcError INVALID_ARGUMENT */
export function checkVector(map: Uint8Array): void {
  const fields = readFieldMap(map, contentField);
  const [type, values] = [fields.get(typeName), fields.get('value')].map((bytes) =>
    bytes === undefined ? undefined : decodeValue(bytes),
  );
  if (type?.kind !== 'string' || type.value !== '__vector__') {
    throw invalidArgument(`A map's "${typeName}" must be "__vector__".`);
  }
  if (values?.kind !== 'array' || fields.size !== 2) {
    throw invalidArgument('A vector must have an array as its "value", and nothing else.');
  }
  if (values.values.length === 0 || values.values.length > maximumDimensions) {
    throw invalidArgument(`A vector must have 1 to ${maximumDimensions} dimensions.`);
  }
  if (values.values.some((one) => one.kind !== 'double' || Number.isNaN(one.value))) {
    throw invalidArgument('A vector must hold doubles that are numbers.');
  }
}
