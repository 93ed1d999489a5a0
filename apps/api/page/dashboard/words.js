/**
 * How the page says things: numbers, states, reasons. No document, no network.
 *
 * @import { MigrationReport, PaceReport, StatusState } from '@migrator/engine'
 */

/** @typedef {'good' | 'warn' | 'bad' | 'wait' | ''} Tone */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** @param {number} count */
export function amount(count) {
  return whole.format(count);
}

/**
 * `1 item`, `2,000 items`
 * @param {number} count
 * @param {string} noun
 */
export function counted(count, noun) {
  return `${amount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** @param {number} bytes */
export function size(bytes) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1_000 && unit < units.length - 1; unit += 1) value /= 1_000;
  return `${value >= 100 || unit === 0 ? amount(value) : value.toFixed(1)} ${units[unit]}`;
}

/**
 * `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`
 * @param {number} seconds
 */
export function duration(seconds) {
  const rest = Math.max(0, Math.round(seconds));
  const [days, hours, minutes] = [
    Math.floor(rest / 86_400),
    Math.floor(rest / 3_600) % 24,
    Math.floor(rest / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes > 0) return `${minutes} min ${rest % 60} s`;
  return `${rest} s`;
}

/** @param {string} iso */
export function moment(iso) {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
}

/** @type {Readonly<Record<StatusState, { says: string, tone: Tone }>>} */
const states = {
  idle: { says: 'Nothing is running', tone: '' },
  listing: { says: 'Listing users', tone: 'good' },
  migrating: { says: 'Migrating', tone: 'good' },
  verifying: { says: 'Verifying', tone: 'good' },
  'rolling-back': { says: 'Rolling back', tone: 'warn' },
  pausing: { says: 'Pausing: work under way comes to its end', tone: 'warn' },
  paused: { says: 'Paused', tone: 'warn' },
  cancelling: { says: 'Cancelling: work under way comes to its end', tone: 'warn' },
};

/** @param {StatusState} state */
export function stateWords(state) {
  return states[state] ?? { says: state, tone: '' };
}

/** @type {Readonly<Record<MigrationReport['state'], { says: string, tone: Tone }>>} */
const ends = {
  running: { says: 'Running', tone: 'wait' },
  completed: { says: 'Completed', tone: 'good' },
  'completed-with-failures': { says: 'Completed with failures', tone: 'warn' },
  failed: { says: 'Failed', tone: 'bad' },
  cancelled: { says: 'Cancelled', tone: 'warn' },
};

/** @param {MigrationReport['state']} state */
export function endWords(state) {
  return ends[state] ?? { says: state, tone: '' };
}

/** @param {PaceReport} pace */
export function paceWords({ writeUnitsPerSecond, maxWriteUnitsPerSecond, limitedBy }) {
  const most = maxWriteUnitsPerSecond === null ? '' : ` of at most ${amount(maxWriteUnitsPerSecond)}`;
  return `Pace: ${amount(writeUnitsPerSecond)}${most} write units a second: ${limits[limitedBy] ?? limitedBy}`;
}

/** @type {Readonly<Record<PaceReport['limitedBy'], string>>} */
const limits = {
  budget: 'writes wait for their share of the limit',
  throttled: 'the table takes no more (throttled)',
  source: 'waiting for Firestore',
  workers: 'as fast as these workers go; more of them, or more writes at once, would be faster',
  paused: 'paused',
};

/** @type {Readonly<Record<string, readonly [says: string, tone?: Tone]>>} */
const counterWords = {
  created: ['Created'],
  repaired: ['Repaired'],
  unchanged: ['Unchanged'],
  conflicts: ['Conflicts', 'warn'],
  newer: ['Newer there'],
  vanished: ['Deleted during the run'],
  failed: ['Failed', 'bad'],
  unread: ['Could not be read', 'bad'],
  bytes: ['Bytes'],
  writeUnits: ['Write units'],
  readUnits: ['Read units'],
  encodedAsText: ['Numbers stored as text'],
  warnings: ['Fields of another type', 'warn'],
  compressed: ['Compressed'],
  entries: ['Entries compared'],
  items: ['Items found'],
  matched: ['Alike'],
  scanned: ['Items looked at'],
  missing: ['Without an item', 'bad'],
  different: ['Different', 'bad'],
  'source-changed': ['Changed in Firestore since', 'bad'],
  unexpected: ['Items without an entry', 'bad'],
  'target-changed': ["The application's now", 'warn'],
  deleted: ['Deleted'],
  kept: ['Kept'],
  keptChanged: ['Kept: the application saved it since'],
  keptForeign: ['Kept: not from a migration'],
  keptOtherRun: ['Kept: of another run'],
  keptMisplaced: ['Kept: key and content disagree', 'warn'],
};

const alwaysShown = {
  migration: ['created', 'repaired', 'unchanged', 'conflicts', 'failed', 'bytes'],
  verification: ['matched', 'missing', 'different', 'source-changed', 'unexpected', 'target-changed'],
  rollback: ['deleted', 'scanned'],
};

/**
 * Counters as rows: those of its kind always, others where they are not nothing. A colour only where there is something.
 * @param {keyof typeof alwaysShown} kind
 * @param {Readonly<Record<string, number>>} counters
 * @returns {(readonly [string, string, Tone])[]}
 */
export function counterRows(kind, counters) {
  const always = alwaysShown[kind];
  const others = Object.keys(counters).filter((name) => !always.includes(name) && counters[name] !== 0);
  return [...always, ...others].map((name) => {
    const [says, tone = ''] = counterWords[name] ?? [name];
    const count = counters[name] ?? 0;
    return [says, name === 'bytes' ? size(count) : amount(count), count === 0 ? '' : tone];
  });
}
