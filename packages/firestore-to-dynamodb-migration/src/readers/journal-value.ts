import type { NumberValue } from '@aws-sdk/lib-dynamodb';

/** Numbers keep every digit: integers beyond 2^53 are bigint, decimals without an exact double are NumberValue. */
export type JournalValue =
  | null
  | boolean
  | string
  | number
  | bigint
  | NumberValue
  | Uint8Array
  | ReadonlySet<unknown>
  | JournalValue[]
  | JournalFields;

export interface JournalFields {
  [name: string]: JournalValue;
}

/** The map; an empty one for a value of another type. */
export function fieldsOf(value: JournalValue | undefined): JournalFields {
  const isMap =
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isMap ? (value as JournalFields) : {};
}
