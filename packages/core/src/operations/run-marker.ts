import type { counters } from './counters.ts';

/** What a run's report is made of. A counter that is absent is zero. */
type Totals = Readonly<Record<string, number>>;

/** What a table says about the newest run of all users of one source into it. */
export type RunMarker =
  /** It was not over when this was written. */
  | { readonly state: 'started'; readonly migrationId: string }
  | { readonly state: 'rolled-back'; readonly migrationId: string; readonly rollbackId: string }
  | {
      readonly state: 'completed';
      readonly migrationId: string;
      /** ISO 8601 in UTC. */
      readonly finishedAt: string;
      readonly users: number;
      readonly totals: Totals;
      /** Of the verification that ended it, which was valid. Absent where none was asked for. */
      readonly verification?: { readonly id: string; readonly totals: Totals };
      /** Absent where none was asked for. */
      readonly prune?: Totals;
    };

/** The order is the order of the numbers in a marker: add at the end only. What fails a run is not among them. */
const kept = {
  migration: [
    'created',
    'repaired',
    'unchanged',
    'conflicts',
    'newer',
    'vanished',
    'bytes',
    'writeUnits',
    'encodedAsText',
    'warnings',
    'compressed',
  ],
  verification: ['entries', 'items', 'target-changed', 'unknown'],
  prune: ['deleted', 'kept', 'unknown'],
} as const satisfies { [K in keyof typeof counters]?: readonly (typeof counters)[K][number][] };

const version = '1';
/** In place of what was not asked for. */
const none = '-';
/** So that all numbers find room in the 256 characters of a tag. */
const radix = 36;

/** As the value of a table's tag: parts with spaces between, numbers to the base of 36 with dots between. */
export function encodeRunMarker(marker: RunMarker): string {
  const { state, migrationId } = marker;
  const head = [version, state, migrationId];
  if (state === 'started') return head.join(' ');
  if (state === 'rolled-back') return [...head, marker.rollbackId].join(' ');
  const { finishedAt, users, totals, verification, prune } = marker;
  return [
    ...head,
    finishedAt,
    encodeNumbers([users, ...numbersOf('migration', totals)]),
    verification === undefined
      ? none
      : `${verification.id}:${encodeNumbers(numbersOf('verification', verification.totals))}`,
    prune === undefined ? none : encodeNumbers(numbersOf('prune', prune)),
  ].join(' ');
}

/** Undefined for a text that is no marker, or one of a later version. */
export function decodeRunMarker(text: string): RunMarker | undefined {
  const [ofVersion, state, migrationId, ...rest] = text.split(' ');
  if (ofVersion !== version || !migrationId) return undefined;
  if (state === 'started') return { state, migrationId };
  const [second, numbers, compared, pruned] = rest;
  if (!second) return undefined;
  if (state === 'rolled-back') return { state, migrationId, rollbackId: second };
  if (state !== 'completed' || numbers === undefined || compared === undefined || pruned === undefined)
    return undefined;
  const [users, ...run] = decodeNumbers(numbers);
  const [verificationId = '', lookedAt = ''] = compared.split(':');
  return {
    state,
    migrationId,
    finishedAt: second,
    users: users ?? 0,
    totals: totalsOf('migration', run),
    verification:
      compared === none
        ? undefined
        : { id: verificationId, totals: totalsOf('verification', decodeNumbers(lookedAt)) },
    prune: pruned === none ? undefined : totalsOf('prune', decodeNumbers(pruned)),
  };
}

function numbersOf(kind: keyof typeof kept, totals: Totals): number[] {
  return kept[kind].map((name) => totals[name] ?? 0);
}

function totalsOf(kind: keyof typeof kept, numbers: readonly number[]): Totals {
  return Object.fromEntries(
    kept[kind]
      .map((name, index) => [name, numbers[index] ?? 0] as const)
      .filter(([, amount]) => amount !== 0),
  );
}

function encodeNumbers(numbers: readonly number[]): string {
  return numbers.map((number) => number.toString(radix)).join('.');
}

function decodeNumbers(text: string): number[] {
  return text.split('.').map((digits) => Number.parseInt(digits, radix) || 0);
}
