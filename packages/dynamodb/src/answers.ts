import { MigrationError, type StoredItem } from '@migrator/core';

interface Capacity {
  readonly CapacityUnits?: number;
}

/** The fields that are read from DynamoDB's successful responses. */
export interface Answers {
  PutItem: { Attributes?: StoredItem; ConsumedCapacity?: Capacity };
  DeleteItem: { ConsumedCapacity?: Capacity };
  GetItem: { Item?: StoredItem; ConsumedCapacity?: Capacity };
  /** Without the items, which are split off. */
  BatchGetItem: {
    UnprocessedKeys?: { [table: string]: { Keys: StoredItem[] } };
    ConsumedCapacity?: Capacity[];
  };
  /** The same. */
  Scan: { LastEvaluatedKey?: StoredItem; ConsumedCapacity?: Capacity };
}

/** The capacity units that a response reports; `otherwise` if it has none, as with older local services. */
export function consumedUnits(
  capacity: Capacity | readonly Capacity[] | undefined,
  otherwise: number,
): number {
  if (capacity === undefined) return otherwise;
  const all = Array.isArray(capacity) ? capacity : [capacity];
  let units = 0;
  for (const { CapacityUnits } of all) {
    if (CapacityUnits === undefined) return otherwise;
    units += CapacityUnits;
  }
  return all.length === 0 ? otherwise : units;
}

/** The error for unprocessed items of a batch, which are retried. */
export function leftOver(count: number, tableName: string): MigrationError {
  return new MigrationError('THROTTLED', `Table "${tableName}" left ${count} items of a batch unprocessed.`);
}
