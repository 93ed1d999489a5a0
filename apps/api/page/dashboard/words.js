/**
 * Formats numbers, times, states and reasons as text. No DOM, no network.
 *
 * @import { CurrentStatus, PaceReport, StatusState } from '@migrator/engine'
 */

/** @typedef {'good' | 'warn' | 'bad' | 'wait' | ''} Tone */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** @param {number} count */
export function amount(count) {
  return whole.format(count);
}

/**
 * `1 item`, `2,000 items`, `3 failed entries`
 * @param {number} count
 * @param {string} noun
 */
export function counted(count, noun) {
  if (count === 1) return `1 ${noun}`;
  return `${amount(count)} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

/**
 * `350 entries a second`, `2.5 items a second`
 * @param {number} perSecond
 * @param {string} noun
 */
export function rate(perSecond, noun) {
  const [, things = ''] = counted(perSecond === 1 ? 1 : 2, noun).split(/ (.*)/);
  return `${perSecond < 10 ? perSecond : amount(perSecond)} ${things} a second`;
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

/**
 * `27 Nov 2026, 19:14:47 UTC`
 * @param {string} iso
 * @param {string} [timeZone] the browser's own by default
 */
export function moment(iso, timeZone) {
  return new Date(iso).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    timeZone,
  });
}

/**
 * @param {{ startedAt: string, finishedAt: string | null }} times
 * @returns {string} `27 Nov 2026, 19:14:47 UTC, took 3 min 20 s`
 */
export function period({ startedAt, finishedAt }) {
  if (finishedAt === null) return `since ${moment(startedAt)}`;
  return `${moment(startedAt)}, took ${duration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000)}`;
}

/**
 * `my-project`, `my-project / trading`, `demo at 127.0.0.1:8080`
 * @param {CurrentStatus['source']} source
 */
export function sourceWords({ project, database, emulator }) {
  const name = database === '(default)' ? project : `${project} / ${database}`;
  return emulator === undefined ? name : `${name} at ${emulator}`;
}

/**
 * `tradebook-heatmaps in eu-central-1`, with the account or a local address where known
 * @param {CurrentStatus['target']} target
 */
export function targetWords({ table, region, endpoint, account }) {
  const url = endpoint && URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isAmazon = url === undefined || /\.amazonaws\.com(\.cn)?$/.test(url.hostname);
  const place = isAmazon ? `${table} in ${region}` : `${table} at ${url.host}`;
  return account === undefined ? place : `${place}, account ${account}`;
}

/**
 * A sentence as it stands in a paragraph: with one full stop.
 * @param {string} text
 */
export function sentence(text) {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?]$/.test(trimmed) ? '' : '.'}`;
}

/** @type {Readonly<Record<StatusState, { label: string, tone: Tone }>>} */
const states = {
  idle: { label: 'Nothing is running', tone: '' },
  listing: { label: 'Listing users', tone: 'good' },
  migrating: { label: 'Migrating', tone: 'good' },
  verifying: { label: 'Verifying', tone: 'good' },
  'rolling-back': { label: 'Rolling back', tone: 'warn' },
  pausing: { label: 'Pausing', tone: 'warn' },
  paused: { label: 'Paused', tone: 'warn' },
  cancelling: { label: 'Cancelling', tone: 'warn' },
};

/** @param {StatusState} state */
export function stateWords(state) {
  return states[state] ?? { label: state, tone: '' };
}

/** @param {PaceReport} pace */
export function paceWords({ writeUnitsPerSecond, maxWriteUnitsPerSecond, limitedBy }) {
  const most = maxWriteUnitsPerSecond === null ? '' : ` of at most ${amount(maxWriteUnitsPerSecond)}`;
  return `Pace: ${amount(writeUnitsPerSecond)}${most} write units a second. ${limits[limitedBy] ?? limitedBy}.`;
}

/** @type {Readonly<Record<PaceReport['limitedBy'], string>>} */
const limits = {
  budget: 'It is limited by the configured maximum',
  throttled: 'The table throttles writes',
  source: 'It is limited by reads of Firestore',
  workers: 'It is limited by the workers: start more, or raise WRITE_CONCURRENCY',
  paused: 'Paused',
};

/** @type {Readonly<Record<string, readonly [label: string, tone?: Tone]>>} */
const counterWords = {
  created: ['Created'],
  repaired: ['Repaired'],
  unchanged: ['Unchanged'],
  conflicts: ['Conflicts', 'warn'],
  newer: ['Item is newer'],
  vanished: ['Deleted during the run'],
  failed: ['Failed', 'bad'],
  unread: ['Not read', 'bad'],
  bytes: ['Bytes'],
  writeUnits: ['Write units'],
  readUnits: ['Read units'],
  encodedAsText: ['Numbers stored as text'],
  warnings: ['Fields of another type', 'warn'],
  compressed: ['Compressed'],
  entries: ['Entries compared'],
  items: ['Items found'],
  matched: ['Identical'],
  scanned: ['Items scanned'],
  missing: ['Without an item', 'bad'],
  different: ['Different', 'bad'],
  'source-changed': ['Changed in Firestore since', 'bad'],
  unexpected: ['Items without an entry', 'bad'],
  'target-changed': ['Changed by the application', 'warn'],
  deleted: ['Deleted'],
  kept: ['Kept'],
  keptChanged: ['Kept: the application saved it since'],
  keptForeign: ['Kept: not from a migration'],
  keptOtherRun: ['Kept: from another run'],
  keptMisplaced: ['Kept: key and content disagree', 'warn'],
};

/** Counts of entries whose values another counter counts. */
const notShown = new Set(['textEntries', 'warnedEntries']);

const alwaysShown = {
  migration: ['created', 'repaired', 'unchanged', 'conflicts', 'failed', 'bytes'],
  verification: ['matched', 'missing', 'different', 'source-changed', 'unexpected', 'target-changed'],
  rollback: ['deleted', 'scanned'],
};

/**
 * Counters as rows: those of its kind always, others where they are not 0. A colour only where there is something.
 * @param {keyof typeof alwaysShown} kind
 * @param {Readonly<Record<string, number>>} counters
 * @param {(name: string) => string | undefined} [listOf] where what a counter counts is listed
 * @returns {import('./parts.js').FigureRow[]}
 */
export function counterRows(kind, counters, listOf = () => undefined) {
  const always = alwaysShown[kind];
  const others = Object.keys(counters).filter(
    (name) => !always.includes(name) && !notShown.has(name) && counters[name] !== 0,
  );
  return [...always, ...others].map((name) => {
    const [label, tone = ''] = counterWords[name] ?? [name];
    const count = counters[name] ?? 0;
    if (count === 0) return [label, name === 'bytes' ? size(0) : '0', ''];
    const href = listOf(name);
    const row = /** @type {const} */ ([label, name === 'bytes' ? size(count) : amount(count), tone]);
    return href === undefined ? row : [...row, href];
  });
}
