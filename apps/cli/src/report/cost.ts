import { listPrices, type Prices } from '@migrator/core';
import type { MigrationReport } from '@migrator/engine';

/** US dollars. */
export interface Cost {
  readonly dynamodbWrites: number;
  readonly firestoreReads: number;
  readonly total: number;
  readonly basis: string;
}

/**
 * The cost of a run; after a dry run the API's estimate of a real one. For a real run the write units are those that
 * DynamoDB reported; reads of DynamoDB are not included. `prices` count for a real run.
 */
export function costOf(
  { estimate, stats, verification }: MigrationReport,
  prices: Prices = listPrices,
): Cost {
  if (estimate !== undefined) {
    const { dynamodbWrites, firestoreReads, total } = estimate.cost;
    const basis = `estimate of a real run, reads of DynamoDB included; ${estimate.prices['note'] ?? ''}`;
    return { dynamodbWrites, firestoreReads, total, basis };
  }
  const { dynamodbMillionWriteUnits, firestoreHundredThousandReads, note } = prices;
  const reads = stats.totalProcessed + (verification?.counts.firestore ?? 0);
  const dynamodbWrites = (stats.writeUnits / 1e6) * dynamodbMillionWriteUnits;
  const firestoreReads = (reads / 1e5) * firestoreHundredThousandReads;
  return {
    dynamodbWrites,
    firestoreReads,
    total: dynamodbWrites + firestoreReads,
    basis: `${stats.writeUnits} write units and about ${reads} reads of Firestore, without reads of DynamoDB; ${note}`,
  };
}
