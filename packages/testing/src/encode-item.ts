import {
  dateKey,
  type EncodedItem,
  type StoredAttribute,
  type StoredItem,
  storedItemSize,
} from '@migrator/core';

export interface ItemFixture {
  readonly userId: string;
  readonly date: string;
  /** Default: `2026-06-01T00:00:00.000Z`. */
  readonly migratedAt?: string;
  /** Default: `2026-05-01T00:00:00.000000Z`. */
  readonly originalTimestamp?: string;
  /** Beside userId, date and metadata. */
  readonly data?: { readonly [name: string]: StoredAttribute };
}

/** A migrated item as it is stored, without the help of the mapping that is under test elsewhere. */
export function migratedItem(fixture: ItemFixture): StoredItem {
  const { userId, date } = fixture;
  const { migratedAt = '2026-06-01T00:00:00.000Z', originalTimestamp = '2026-05-01T00:00:00.000000Z' } =
    fixture;
  return {
    dateKey: { S: dateKey({ userId, date }) },
    data: {
      M: {
        userId: { S: userId },
        date: { S: date },
        trades: { L: [] },
        ...fixture.data,
        metadata: {
          M: {
            migratedFrom: { S: 'firestore' },
            migratedAt: { S: migratedAt },
            originalTimestamp: { S: originalTimestamp },
          },
        },
      },
    },
    updatedAt: { S: migratedAt },
  };
}

/** The same, ready to be sent. */
export function encodeItem(fixture: ItemFixture): EncodedItem {
  const { userId, date } = fixture;
  const { migratedAt = '2026-06-01T00:00:00.000Z', originalTimestamp = '2026-05-01T00:00:00.000000Z' } =
    fixture;
  const item = migratedItem(fixture);
  return {
    userId,
    date,
    migratedAt,
    originalTimestamp,
    dateKey: dateKey({ userId, date }),
    json: Buffer.from(JSON.stringify(item)),
    size: storedItemSize(item),
  };
}
