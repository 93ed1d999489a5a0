import { MigrationError, type StoredItem } from '@migrator/core';

interface Capacity {
  readonly CapacityUnits?: number;
}

/** What is read of DynamoDB's good answers. */
export interface Answers {
  PutItem: { Attributes?: StoredItem; ConsumedCapacity?: Capacity };
  DeleteItem: { ConsumedCapacity?: Capacity };
  GetItem: { Item?: StoredItem; ConsumedCapacity?: Capacity };
  /** Beside the items, which are cut out of it. */
  BatchGetItem: {
    UnprocessedKeys?: { [table: string]: { Keys: StoredItem[] } };
    ConsumedCapacity?: Capacity[];
  };
  Scan: { Items?: StoredItem[]; LastEvaluatedKey?: StoredItem; ConsumedCapacity?: Capacity };
}

/** The units that an answer says it used; `otherwise` where it does not say, as older local services don't. */
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

/** Items of a batch that the table had no capacity for: not an error of theirs, so they go again. */
export function leftOver(count: number, tableName: string): MigrationError {
  return new MigrationError('THROTTLED', `Table "${tableName}" left ${count} of a batch for later.`);
}
