import type { NumberValue } from '@aws-sdk/lib-dynamodb';

/** Numbers keep every digit: integers beyond 2^53 are bigint, decimals that no double holds are NumberValue. */
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

/** The map; nothing for a value of another kind. */
export function fieldsOf(value: JournalValue | undefined): JournalFields {
  const isMap =
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isMap ? (value as JournalFields) : {};
}
