import { type Operation, type Prices, processedEntries } from '@migrator/core';

import type { Estimate } from '../api/reports.ts';

const paces = [
  { writeUnitsPerSecond: 1_000, says: 'one partition' },
  { writeUnitsPerSecond: 4_000, says: 'a fresh on-demand table' },
  { writeUnitsPerSecond: 40_000, says: "a table's default quota" },
];

/** Bytes that one strongly consistent read unit covers. */
const bytesPerReadUnit = 4_096;

/** The cost and duration of a run, from the counts of its dry run. */
export function estimate(dryRun: Operation, prices: Prices, maxWriteUnitsPerSecond: number | null): Estimate {
  const count = (name: string): number => dryRun.totals[name] ?? 0;
  const entries = processedEntries(dryRun);
  const { listed } = dryRun.tasks;
  const writes = count('created') + count('repaired');
  const bytes = count('bytes');
  const meanBytes = writes === 0 ? 0 : bytes / writes;
  // A read for each entry and each user; one for every thousand entries counted; a verification reads all again.
  const run = entries + listed + Math.ceil(entries / 1_000);
  const firestoreReads = { run, verification: run };
  const perItem = Math.max(1, Math.ceil(meanBytes / bytesPerReadUnit));
  const scan = Math.ceil((entries * meanBytes) / bytesPerReadUnit);
  const dynamodbReadUnits = { run: count('readUnits'), verification: entries * perItem + scan };
  const cost = {
    firestoreReads: dollars(
      (firestoreReads.run + firestoreReads.verification) / 100_000,
      prices.firestoreHundredThousandReads,
    ),
    dynamodbWrites: dollars(count('writeUnits') / 1e6, prices.dynamodbMillionWriteUnits),
    dynamodbReads: dollars(
      (dynamodbReadUnits.run + dynamodbReadUnits.verification) / 1e6,
      prices.dynamodbMillionReadUnits,
    ),
  };
  const given =
    maxWriteUnitsPerSecond === null
      ? []
      : [{ writeUnitsPerSecond: maxWriteUnitsPerSecond, says: 'the limit in force' }];
  return {
    firestoreReads,
    dynamodbWriteUnits: count('writeUnits'),
    dynamodbReadUnits,
    bytes,
    users: { listed, withoutDocument: dryRun.coordinatorState.missingUsers ?? 0 },
    cost: { ...cost, total: dollars(cost.firestoreReads + cost.dynamodbWrites + cost.dynamodbReads, 1) },
    prices: { ...prices },
    secondsAt: [...given, ...paces].map(({ writeUnitsPerSecond, says }) => ({
      writeUnitsPerSecond,
      seconds: Math.ceil(count('writeUnits') / writeUnitsPerSecond),
      says,
    })),
  };
}

/** To a hundredth of a cent, so that small runs are not free. */
function dollars(amount: number, price: number): number {
  return Math.round(amount * price * 10_000) / 10_000;
}
