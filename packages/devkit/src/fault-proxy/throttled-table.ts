import { hashOf } from '../fixtures/seeded-random.ts';

export interface ThrottledTableOptions {
  readonly writeUnitsPerSecond: number;
  /** How many seconds of unused capacity a table keeps: five minutes by default, as in DynamoDB. */
  readonly burstSeconds?: number;
  readonly partitions?: number;
  /** The capacity of one partition, independent of the table's: 1,000 a second by default. */
  readonly partitionUnitsPerSecond?: number;
  /** Milliseconds, for tests. */
  readonly now?: () => number;
}

interface Bucket {
  units: number;
  at: number;
  readonly perSecond: number;
  readonly most: number;
}

/** The write capacity of a table as in DynamoDB: a token bucket for the table, and one for each partition. */
export class ThrottledTable {
  readonly #table: Bucket;
  readonly #partitions: readonly Bucket[];
  readonly #now: () => number;
  used = 0;

  constructor(options: ThrottledTableOptions) {
    const {
      writeUnitsPerSecond,
      burstSeconds = 300,
      partitions = 1,
      partitionUnitsPerSecond = 1_000,
    } = options;
    this.#now = options.now ?? (() => performance.now());
    const at = this.#now();
    const most = writeUnitsPerSecond * burstSeconds;
    this.#table = { units: most, at, perSecond: writeUnitsPerSecond, most };
    this.#partitions = Array.from({ length: partitions }, () => ({
      units: partitionUnitsPerSecond,
      at,
      perSecond: partitionUnitsPerSecond,
      most: partitionUnitsPerSecond,
    }));
  }

  /** Whether a write to this key is admitted. Takes one unit at once: all of a batch are checked before any response. */
  admits(key: string): boolean {
    if (this.#level(this.#table) <= 0 || this.#level(this.#partitionOf(key)) <= 0) return false;
    this.#take(key, 1);
    return true;
  }

  /** Takes the rest of an admitted write's units. May overdraw the buckets. */
  use(key: string, units: number): void {
    this.used += units;
    this.#take(key, units - 1);
  }

  #take(key: string, units: number): void {
    for (const bucket of [this.#table, this.#partitionOf(key)]) {
      this.#level(bucket);
      bucket.units -= units;
    }
  }

  #partitionOf(key: string): Bucket {
    return this.#partitions[hashOf(key) % this.#partitions.length] ?? this.#table;
  }

  #level(bucket: Bucket): number {
    const now = this.#now();
    bucket.units = Math.min(bucket.most, bucket.units + ((now - bucket.at) / 1_000) * bucket.perSecond);
    bucket.at = now;
    return bucket.units;
  }
}
