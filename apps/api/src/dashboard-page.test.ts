import { errorTable } from '@migrator/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';

interface Status {
  currentStatus: { state: string };
}

interface Words {
  duration(seconds: number): string;
  size(bytes: number): string;
  counted(count: number, noun: string): string;
  rate(perSecond: number, noun: string): string;
  moment(iso: string, timeZone?: string): string;
  sentence(text: string): string;
  sourceWords(source: object): string;
  targetWords(target: object): string;
  paceWords(pace: object): string;
  counterRows(
    kind: string,
    counters: Record<string, number>,
    listOf?: (name: string) => string | undefined,
  ): string[][];
}

interface Result {
  kind: string;
  answer: { state: string; startedAt: string; finishedAt: string | null } & Record<string, unknown>;
}

interface Outcome {
  mergeLists(lists: { results: Result[]; hasMore: boolean }[]): Result[];
  outcomeOf(result: Result): { title: string; tone: string; details: string[] };
}

interface RateHistory {
  operation: string;
  samples: readonly (readonly [number, number])[];
}

interface Rate {
  maxSamples: number;
  noHistory: RateHistory;
  withSample(history: RateHistory, operation: string, seconds: number, perSecond: number): RateHistory;
  parseHistory(text: string | null): RateHistory;
}

interface Route {
  parseRoute: (hash: string) => { page?: string; params: Record<string, string> };
  hrefOf: (page: string, params?: Record<string, string>) => string;
}

interface Failures {
  failureCells: (failure: object) => (string | number)[];
  failureColumns: string[];
  hasFailures: (run: object) => boolean;
  shortPath: (path: string) => string;
  whyNoRetry: (run: object) => string;
}

interface Lists {
  keptWords: (list: { done: boolean; listed: number; count: number }) => string;
  listsOf: (kind: string) => Record<string, { label: string }>;
  listOfCounter: Record<string, string>;
}

interface Advice {
  adviceFor: (code: string) => string;
  issueSummary: (counts: Record<string, number>) => string;
}

interface Progress {
  failuresSoFar: (kind: string, progress: object) => string;
}

interface User {
  userSays: (user: object) => { title: string; tone: string };
}

/** The page's modules are JavaScript, which a test in TypeScript loads as the browser does: by address. */
async function load<T>(name: string): Promise<T> {
  return (await import(new URL(`../page/dashboard/${name}`, import.meta.url).href)) as T;
}

const { allowedActions } = await load<{ allowedActions: (status?: Status) => Record<string, boolean> }>(
  'allowed-actions.js',
);
const words = await load<Words>('words.js');
const outcome = await load<Outcome>('outcome.js');
const rate = await load<Rate>('rate-history.js');
const { parseRoute, hrefOf } = await load<Route>('route.js');
const { failureCells, failureColumns, hasFailures, shortPath, whyNoRetry } =
  await load<Failures>('failures.js');
const { keptWords, listsOf, listOfCounter } = await load<Lists>('lists.js');
const { toCsv } = await load<{ toCsv: (head: string[], rows: (string | number)[][]) => string }>('csv.js');
const { adviceFor, issueSummary } = await load<Advice>('advice.js');
const { userSays } = await load<User>('user.js');
const { failuresSoFar } = await load<Progress>('progress.js');

function allowed(state: string): string[] {
  const actions = allowedActions({ currentStatus: { state } });
  return Object.keys(actions).filter((name) => actions[name] === true);
}

test('a button works only where it makes sense', () => {
  expect(allowed('idle')).toEqual(['start', 'verify', 'rollback', 'retry']);
  for (const state of ['listing', 'migrating', 'verifying', 'rolling-back']) {
    expect(allowed(state)).toEqual(['pause', 'cancel', 'limit']);
  }
  for (const state of ['pausing', 'paused']) expect(allowed(state)).toEqual(['resume', 'cancel', 'limit']);
  expect(allowed('cancelling')).toEqual(['limit']);
  expect(Object.values(allowedActions())).not.toContain(true);
});

test('a run with failures can be retried, an older one too, unless there is a reason against it', () => {
  const ended = { state: 'completed-with-failures', dryRun: false, rolledBackBy: null };
  expect(whyNoRetry(ended)).toBe('');
  expect(whyNoRetry({ ...ended, dryRun: true })).toMatch(/dry run/);
  expect(whyNoRetry({ ...ended, rolledBackBy: 'rollback-1' })).toMatch(/^rollback-1 has taken this run back/);
  for (const state of ['failed', 'cancelled'])
    expect(whyNoRetry({ ...ended, state })).toMatch(/new migration/);
  const stats = { failureCount: 0, users: { failed: 0 } };
  expect(hasFailures({ stats })).toBe(false);
  expect(hasFailures({ stats: { ...stats, failureCount: 3 } })).toBe(true);
  expect(hasFailures({ stats: { ...stats, users: { failed: 1 } } })).toBe(true);
});

test.each([
  ['migration', { created: 3 }, 0, ''],
  ['migration', { failed: 1 }, 1, '1 failure so far'],
  ['migration', { failed: 1_200, unread: 34 }, 2, '1,234 failures so far'],
  ['migration', {}, 2, '2 failed users so far'],
  ['verification', { missing: 2, different: 1, 'target-changed': 5, unknown: 7 }, 0, '3 differences so far'],
  ['rollback', { deleted: 9 }, 1, '1 failed segment so far'],
])('a %s with %j and %d failed parts has "%s"', (kind, outcomes, failed, says) => {
  expect(failuresSoFar(kind, { outcomes, users: { listed: 9, completed: 1, failed } })).toBe(says);
});

function list(name: string): string | undefined {
  return name === 'conflicts' ? '#/entries' : undefined;
}

test('a counter that is listed leads to its list, and a list says when it is not whole', () => {
  const rows = words.counterRows('migration', { conflicts: 2, created: 1, newer: 3 }, list);
  expect(rows).toContainEqual(['Conflicts', '2', 'warn', '#/entries']);
  expect(rows).toContainEqual(['Created', '1', '']);
  expect(words.counterRows('migration', {}, list)).toContainEqual(['Conflicts', '0', '']);
  const all = { ...listsOf('migration'), ...listsOf('rollback') };
  for (const kind of Object.values(listOfCounter)) expect(all).toHaveProperty([kind]);
  expect(keptWords({ done: true, listed: 12, count: 12 })).toBe('');
  expect(keptWords({ done: false, listed: 100, count: 9_000 })).toBe('');
  expect(keptWords({ done: false, listed: 100, count: 10_001 })).toMatch(/first 10,000 are listed/);
  expect(keptWords({ done: true, listed: 8_500, count: 9_000 })).toMatch(/first 8,500 are listed/);
  expect(keptWords({ done: true, listed: 0, count: 9 })).toMatch(/list is gone/);
});

test.each([
  [0, '0 s'],
  [59.6, '1 min 0 s'],
  [200, '3 min 20 s'],
  [7_500, '2 h 5 min'],
  [273_600, '3 d 4 h'],
])('%d seconds are %s', (seconds, label) => {
  expect(words.duration(seconds)).toBe(label);
});

test('amounts have their unit, and the right plural', () => {
  expect(words.size(999)).toBe('999 bytes');
  expect(words.size(16_934_581)).toBe('16.9 MB');
  expect(words.size(1.5e15)).toBe('1,500 TB');
  expect(words.counted(1, 'item')).toBe('1 item');
  expect(words.counted(12_401, 'item')).toBe('12,401 items');
  expect(words.counted(0, 'failed entry')).toBe('0 failed entries');
  expect(words.counted(1, 'failed entry')).toBe('1 failed entry');
  expect(words.rate(1, 'entry')).toBe('1 entry a second');
  expect(words.rate(2.5, 'item')).toBe('2.5 items a second');
  expect(words.rate(12_345.6, 'entry')).toBe('12,346 entries a second');
  const pace = { writeUnitsPerSecond: 950, maxWriteUnitsPerSecond: 1_000, limitedBy: 'budget' };
  expect(words.paceWords(pace)).toMatch(/^Pace: 950 of at most 1,000 write units a second\. .*limit/);
});

test('an unknown counter is shown rather than hidden, and colour only where there is something', () => {
  const rows = words.counterRows('migration', { created: 2, failed: 0, readUnits: 0, newCounter: 7 });
  expect(rows).toContainEqual(['Created', '2', '']);
  expect(rows).toContainEqual(['Failed', '0', '']);
  expect(rows).toContainEqual(['newCounter', '7', '']);
  expect(rows.map(([label]) => label)).not.toContain('Read units');
  expect(words.counterRows('migration', { textEntries: 2 }).map(([label]) => label)).not.toContain(
    'textEntries',
  );
  expect(words.counterRows('migration', { failed: 4 })).toContainEqual(['Failed', '4', 'bad']);
});

test('times name their zone, sentences end once', () => {
  expect(words.moment('2026-11-27T19:14:47.123Z', 'UTC')).toBe('27 Nov 2026, 19:14:47 UTC');
  expect(words.moment('2026-06-27T19:14:47.123Z', 'Europe/Berlin')).toMatch(/21:14:47 (CEST|GMT\+2)$/);
  expect(words.sentence('no worker is running')).toBe('No worker is running.');
  expect(words.sentence('Start it.')).toBe('Start it.');
  expect(words.sentence(' ')).toBe('');
});

test('source and target by what tells them apart', () => {
  const source = { project: 'prod', database: '(default)' };
  expect(words.sourceWords(source)).toBe('prod');
  expect(words.sourceWords({ ...source, database: 'eu', emulator: '127.0.0.1:8080' })).toBe(
    'prod / eu at 127.0.0.1:8080',
  );
  const target = { table: 'items', region: 'eu-central-1' };
  expect(words.targetWords(target)).toBe('items in eu-central-1');
  const endpoint = 'https://dynamodb.eu-central-1.amazonaws.com/';
  expect(words.targetWords({ ...target, endpoint, account: '123456789012' })).toBe(
    'items in eu-central-1, account 123456789012',
  );
  expect(words.targetWords({ ...target, endpoint: 'http://127.0.0.1:8000/' })).toBe(
    'items at 127.0.0.1:8000',
  );
});

const times = { startedAt: '2026-11-27T10:00:00.000Z', finishedAt: '2026-11-27T10:01:00.000Z' };
const stats = { successCount: 1, skippedCount: 0, failureCount: 0, users: { failed: 0 } };
const issueCounts = { missing: 2, different: 0, 'source-changed': 1 };
const run = {
  state: 'completed',
  dryRun: false,
  stats,
  verification: null,
  reason: null,
  rolledBackBy: null,
  advice: null,
};
const valid = { isValid: true, message: 'Verification shows no issues', issueCounts: {} };
const invalid = { isValid: false, message: 'Data mismatch: …', issueCounts };
const failed = { ...stats, failureCount: 1, users: { failed: 1 } };
const rollback = { state: 'completed', success: true, dryRun: false, message: '', deleted: 1, kept: 2 };

test.each<[string, string, string, object]>([
  ['Migration complete and verified', 'good', 'migration', { ...run, verification: valid }],
  ['Migration complete, not verified', 'good', 'migration', run],
  ['Migration complete, verification invalid', 'bad', 'migration', { ...run, verification: invalid }],
  [
    'Migration ended with 1 failed entry',
    'bad',
    'migration',
    { ...run, state: 'completed-with-failures', stats: failed, verification: invalid },
  ],
  [
    'Migration ended with 3 failed users',
    'bad',
    'migration',
    { ...run, state: 'completed-with-failures', stats: { ...stats, users: { failed: 3 } } },
  ],
  ['Migration failed', 'bad', 'migration', { ...run, state: 'failed', reason: 'no data' }],
  ['Migration cancelled', 'warn', 'migration', { ...run, state: 'cancelled' }],
  ['Migration rolled back', 'warn', 'migration', { ...run, rolledBackBy: 'rollback-1' }],
  ['Dry run complete', 'good', 'migration', { ...run, dryRun: true }],
  [
    'Dry run complete: 1 entry would fail',
    'warn',
    'migration',
    { ...run, dryRun: true, state: 'completed-with-failures', stats: failed },
  ],
  [
    'Verification valid',
    'good',
    'verification',
    { state: 'completed', counts: { firestore: 1, dynamodb: 1 }, ...valid },
  ],
  [
    'Verification invalid',
    'bad',
    'verification',
    { state: 'completed', counts: { firestore: 1, dynamodb: 1 }, ...invalid },
  ],
  [
    'Verification cancelled',
    'warn',
    'verification',
    { state: 'cancelled', counts: { firestore: 1, dynamodb: 1 }, ...invalid },
  ],
  ['Rollback complete', 'good', 'rollback', rollback],
  ['Rollback dry run complete', 'good', 'rollback', { ...rollback, dryRun: true }],
  ['Rollback failed', 'bad', 'rollback', { ...rollback, state: 'failed', success: false }],
])('one outcome: %s', (title, tone, kind, answer) => {
  const shown = outcome.outcomeOf({ kind, answer: { ...times, ...answer } as Result['answer'] });
  expect(shown).toMatchObject({ title, tone });
  expect(shown.details.at(-1)).toMatch(/took 1 min 0 s\.$/);
});

function operation(kind: string, start: number, end: number): Result {
  const [startedAt, finishedAt] = [new Date(start).toISOString(), new Date(end).toISOString()];
  return { kind, answer: { state: 'completed', startedAt, finishedAt } };
}

test('lists are merged as far as all of them reach', () => {
  const late = operation('rollback', 5, 80);
  const lists = [
    { results: [operation('migration', 9, 10), operation('migration', 4, 5)], hasMore: true },
    { results: [late, operation('rollback', 2, 3)], hasMore: false },
  ];
  expect(outcome.mergeLists(lists).map(({ answer }) => Date.parse(answer.startedAt))).toEqual([9, 5, 4]);
});

test('differences are summed up with the right plurals', () => {
  expect(issueSummary(issueCounts)).toBe('2 entries without an item; 1 entry changed in Firestore since');
  expect(issueSummary({})).toBe('');
});

test('every code of an entry has advice of its own', () => {
  const fallback = adviceFor('SOMETHING_ELSE');
  const codes = Object.entries(errorTable).filter(([, { onExhausted }]) => onExhausted === 'fail-entry');
  for (const [code] of codes) expect(adviceFor(code), code).not.toBe(fallback);
});

test('the rate of a run of any length stays bounded, and survives storage', () => {
  let history = rate.noHistory;
  for (let second = 0; second < 5_000; second += 1) history = rate.withSample(history, 'a', second, 100);
  expect(history.samples.length).toBeLessThanOrEqual(rate.maxSamples);
  expect(history.samples[0]?.[0]).toBe(0);
  expect(history.samples.at(-1)?.[0]).toBeGreaterThan(4_980);
  expect(history.samples.every(([, value]) => value === 100)).toBe(true);
  expect(rate.parseHistory(JSON.stringify(history))).toEqual(history);
  expect(rate.withSample(history, 'b', 5_001, 7).samples).toEqual([[5_001, 7]]);
});

test.each([
  null,
  '',
  'x',
  '{}',
  '{"operation":"a","samples":[[1]]}',
  '{"operation":"a","samples":[[1,"2"]]}',
])('stored text that is no history is none: %s', (text) =>
  expect(rate.parseHistory(text)).toBe(rate.noHistory),
);

test('an address says which page, with any text in its parameters', () => {
  expect(parseRoute('')).toEqual({ page: 'now', params: {} });
  expect(parseRoute('#/nothing').page).toBeUndefined();
  expect(parseRoute('#/toString').page).toBeUndefined();
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (id) => {
      expect(parseRoute(hrefOf('user', { id, run: '' }))).toEqual({ page: 'user', params: { id } });
    }),
  );
});

const failures = [
  { path: 'users/Alice/trading-journal/1', code: 'A', message: '=1+1', attempts: 1 },
  { path: 'users/bob/trading-journal/2', code: 'B', message: 'say "x",\ny', attempts: 2 },
  { path: 'users/-carol', code: 'B', message: '', attempts: 1 },
];

const csvOf = (rows: object[]): string => toCsv(failureColumns, rows.map(failureCells));

test('a failure is named by user and date, or by the user alone', () => {
  expect(failures.map(({ path }) => shortPath(path))).toEqual(['Alice / 1', 'bob / 2', '-carol']);
});

test('no cell of the export is a formula', () => {
  expect(csvOf(failures)).toBe(
    [
      '"user","path","code","attempts","message"',
      `"Alice","users/Alice/trading-journal/1","A","1","'=1+1"`,
      '"bob","users/bob/trading-journal/2","B","2","say ""x"",\ny"',
      `"'-carol","users/-carol","B","1",""`,
      '',
    ].join('\r\n'),
  );
  fc.assert(
    fc.property(fc.string(), (message) => {
      const [, cell = ''] =
        /"1","(.*)"\r\n$/s.exec(csvOf([{ path: '', code: '', message, attempts: 1 }])) ?? [];
      expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
      expect(cell.replaceAll('""', '"').replace(/^'(?=[=+\-@\t\r\n])/, '')).toBe(message);
    }),
  );
});

test.each([
  ['done', { created: 2, unchanged: 1, bytes: 900 }, 'ann is done: 3 entries', 'good'],
  ['failed', { created: 2, failed: 1 }, 'ann is not done: 1 failed entry of 3 entries', 'bad'],
  ['failed', {}, 'ann is not done: the user failed', 'bad'],
  ['running', { created: 1 }, 'ann is being migrated: 1 entry so far', 'wait'],
  ['queued', {}, 'ann is waiting', 'wait'],
  ['unknown', {}, 'ann is not known to this run', 'warn'],
])('a user who is %s', (state, counts, title, tone) => {
  expect(userSays({ userId: 'ann', state, counts, failures: [] })).toEqual({ title, tone });
});
