import type { counters } from './counters.ts';

/** The counters of a run's report. An absent one is 0. */
type Totals = Readonly<Record<string, number>>;

/** The marker that a table keeps of the newest run over all users of one source. */
export type RunMarker =
  /** It had not ended when this was written. */
  | { readonly state: 'started'; readonly migrationId: string }
  | { readonly state: 'rolled-back'; readonly migrationId: string; readonly rollbackId: string }
  | {
      readonly state: 'completed';
      readonly migrationId: string;
      /** ISO 8601 in UTC. */
      readonly finishedAt: string;
      readonly users: number;
      readonly totals: Totals;
      /** Its verification, which was valid. Absent if none was requested. */
      readonly verification?: { readonly id: string; readonly totals: Totals };
      /** Absent if none was requested. */
      readonly prune?: Totals;
    };

/** The counters in a marker, in its order: add at the end only. Failures are not included. */
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
/** For what was not requested. */
const none = '-';
/** So that all numbers fit into the 256 characters of a tag. */
const radix = 36;

/** The marker as the value of a tag: parts separated by spaces, numbers in base 36 separated by dots. */
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

/** Undefined for text that is no marker, or a marker of a later version. */
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
  const [verificationId = '', comparedTotals = ''] = compared.split(':');
  return {
    state,
    migrationId,
    finishedAt: second,
    users: users ?? 0,
    totals: totalsOf('migration', run),
    verification:
      compared === none
        ? undefined
        : { id: verificationId, totals: totalsOf('verification', decodeNumbers(comparedTotals)) },
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
