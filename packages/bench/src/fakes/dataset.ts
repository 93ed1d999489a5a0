import { encodeDocument, type FieldValue, journalEntry } from '@migrator/devkit';

/**
 * Journals that need no memory, because an entry follows from the indexes of its user and day. A project's id names
 * the size: `demo-400x100` has 400 users with 100 entries each.
 */
export class Dataset {
  readonly users: number;
  readonly entriesPerUser: number;

  constructor(users: number, entriesPerUser: number) {
    this.users = users;
    this.entriesPerUser = entriesPerUser;
  }

  static parse(projectId: string): Dataset {
    const match = /^demo-(\d+)x(\d+)$/.exec(projectId);
    if (match === null) throw new Error(`'${projectId}' names no size of its journals`);
    return new Dataset(Number(match[1]), Number(match[2]));
  }

  get projectId(): string {
    return `demo-${this.users}x${this.entriesPerUser}`;
  }

  get entries(): number {
    return this.users * this.entriesPerUser;
  }

  userId(index: number): string {
    return `user-${String(index).padStart(6, '0')}`;
  }

  /** The index of an id, -1 if there is no such user. */
  userIndex(userId: string): number {
    const index = /^user-\d{6}$/.test(userId) ? Number(userId.slice(5)) : -1;
    return index < this.users ? index : -1;
  }

  date(day: number): string {
    return new Date(firstDay + day * dayMs).toISOString().slice(0, 10);
  }

  /** The day that has this date, -1 if the journals don't reach it. */
  dayOf(date: string): number {
    const day = (Date.parse(date) - firstDay) / dayMs;
    return Number.isInteger(day) && day >= 0 && day < this.entriesPerUser ? day : -1;
  }
}

const firstDay = Date.UTC(2018, 0, 1);
const dayMs = 86_400_000;
const updateTime = new Date('2026-05-01T10:11:12.345Z');

/** More than fit into a cache of the client, and quick to make. */
const ordinaryKinds = 512;
const uglyKinds = 64;

/** Encoded fields and times of Documents, all but their names. */
export function ordinaryBodies(): readonly Uint8Array[] {
  return Array.from({ length: ordinaryKinds }, (_, day) => body(journalEntry(1, day).fields));
}

export function uglyBodies(): readonly Uint8Array[] {
  return Array.from({ length: uglyKinds }, (_, seed) => body(uglyFields(seed)));
}

function body(fields: Parameters<typeof encodeDocument>[0]['fields']): Uint8Array {
  // An empty name takes two bytes.
  return encodeDocument({ name: '', fields, updateTime }).subarray(2);
}

/** Doubles with all digits, maps of the greatest depth, large arrays, text that needs escapes. */
function uglyFields(seed: number): { [name: string]: FieldValue } {
  const double = (index: number): number => Math.sin(seed * 1_000 + index) * 10 ** ((index % 40) - 20);
  let deep: FieldValue = { end: double(0) };
  for (let level = 0; level < 17; level += 1) deep = { ['level']: deep, beside: double(level) };
  return {
    trades: Array.from({ length: 40 }, (_, index) => ({
      price: double(index),
      quantity: BigInt(seed + 1) * 9_007_199_254_740_993n,
      note: '"\\\n\t\u0001 – 落ち着き 📉',
    })),
    heatmap: deep,
    performance: { profitFactor: Number.POSITIVE_INFINITY, sharpe: Number.NaN, tiny: 5e-324, huge: 1.5e300 },
    risk: { series: Array.from({ length: 200 }, (_, index) => double(index)) },
    summary: { raw: new Uint8Array(300).fill(seed), when: new Date(1_700_000_000_000 + seed) },
  };
}
