import { expect, test } from 'vitest';

interface Status {
  currentStatus: { state: string };
  lastMigration: null | {
    rolledBackBy: string | null;
    stats: { failureCount: number; users: { failed: number } };
  };
}

interface Words {
  duration(seconds: number): string;
  size(bytes: number): string;
  counted(count: number, noun: string): string;
  paceWords(pace: object): string;
  counterRows(kind: string, counters: Record<string, number>): [string, string, string][];
}

/** The page's modules are JavaScript, which a test in TypeScript loads as the browser does: by address. */
async function load<T>(name: string): Promise<T> {
  return (await import(new URL(`../page/dashboard/${name}`, import.meta.url).href)) as T;
}

const { allowedActions } = await load<{ allowedActions: (status?: Status) => Record<string, boolean> }>(
  'allowed-actions.js',
);
const words = await load<Words>('words.js');

function allowed(state: string, last: Partial<NonNullable<Status['lastMigration']>> | null = null): string[] {
  const stats = { failureCount: 0, users: { failed: 0 } };
  const lastMigration = last === null ? null : { rolledBackBy: null, stats, ...last };
  const actions = allowedActions({ currentStatus: { state }, lastMigration });
  return Object.keys(actions).filter((name) => actions[name] === true);
}

const failures = { failureCount: 3, users: { failed: 1 } };

test('a button works only where it makes sense', () => {
  expect(allowed('idle')).toEqual(['start', 'verify', 'rollback']);
  expect(allowed('idle', {})).toEqual(['start', 'verify', 'rollback']);
  expect(allowed('idle', { stats: failures })).toEqual(['start', 'verify', 'rollback', 'retry']);
  expect(allowed('idle', { stats: failures, rolledBackBy: 'rollback-1' })).not.toContain('retry');
  for (const state of ['listing', 'migrating', 'verifying', 'rolling-back']) {
    expect(allowed(state, { stats: failures })).toEqual(['pause', 'cancel', 'limit']);
  }
  for (const state of ['pausing', 'paused']) expect(allowed(state)).toEqual(['resume', 'cancel', 'limit']);
  expect(allowed('cancelling')).toEqual(['limit']);
  expect(Object.values(allowedActions())).not.toContain(true);
});

test.each([
  [0, '0 s'],
  [59.6, '1 min 0 s'],
  [200, '3 min 20 s'],
  [7_500, '2 h 5 min'],
  [273_600, '3 d 4 h'],
])('%d seconds are %s', (seconds, says) => {
  expect(words.duration(seconds)).toBe(says);
});

test('amounts are said as a person would', () => {
  expect(words.size(999)).toBe('999 bytes');
  expect(words.size(16_934_581)).toBe('16.9 MB');
  expect(words.size(1.5e15)).toBe('1,500 TB');
  expect(words.counted(1, 'item')).toBe('1 item');
  expect(words.counted(12_401, 'item')).toBe('12,401 items');
  const pace = { writeUnitsPerSecond: 950, maxWriteUnitsPerSecond: 1_000, limitedBy: 'budget' };
  expect(words.paceWords(pace)).toMatch(/^Pace: 950 of at most 1,000 write units a second: .*limit/);
});

test('an unknown counter is shown rather than hidden, and colour only where there is something', () => {
  const rows = words.counterRows('migration', { created: 2, failed: 0, readUnits: 0, newCounter: 7 });
  expect(rows).toContainEqual(['Created', '2', '']);
  expect(rows).toContainEqual(['Failed', '0', '']);
  expect(rows).toContainEqual(['newCounter', '7', '']);
  expect(rows.map(([says]) => says)).not.toContain('Read units');
  expect(words.counterRows('migration', { failed: 4 })).toContainEqual(['Failed', '4', 'bad']);
});
