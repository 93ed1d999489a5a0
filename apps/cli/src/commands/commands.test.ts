import { journals, type Program, startProgram } from '@migrator/devkit';
import { openTestProject, type TestProject } from '@migrator/devkit/test-project';
import { afterAll, beforeAll, expect, it } from 'vitest';

const token = 'a-token-that-is-long-enough';

let project: TestProject;
let api: Program;
let url: string;
const running = new AsyncDisposableStack();

beforeAll(async () => {
  project = running.use(await openTestProject({ createTable: true, env: { PORT: '0', API_TOKEN: token } }));
  await project.addJournals(journals({ users: 3, entriesPerUser: 4, missingEvery: 2 }));
  api = running.adopt(startProgram({ main: 'api', env: project.env }), (program) => program.kill());
  running.adopt(startProgram({ main: 'worker', env: project.env }), (program) => program.kill());
  [, url = ''] = await api.line(/^api: (http:\/\/[^\s/]+)/);
}, 120_000);

afterAll(() => running.disposeAsync());

interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of stdout; undefined if that is no JSON. */
  readonly json: unknown;
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const given = { MIGRATION_API_URL: url, API_TOKEN: token, ...env };
  const program = startProgram({ main: 'cli', args, env: given });
  const code = await program.ended;
  const { stdout, stderr } = program;
  return {
    code,
    stdout,
    stderr,
    json: jsonOf(stdout),
  };
}

function jsonOf(stdout: string): unknown {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  return last.startsWith('{') ? JSON.parse(last) : undefined;
}

it('takes a run from its dry run to its rollback', { timeout: 300_000 }, async () => {
  const none = await run(['report']);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no run yet') });

  const dry = await run(['start', '--dry-run', '--watch', '--json']);
  expect(dry).toMatchObject({ code: 0, json: { dryRun: true, stats: { createdCount: 12 } } });
  expect(await project.items()).toEqual([]);

  const dryReport = await run(['start', '--dry-run', '--watch']);
  expect(dryReport.stdout).toMatch(/would create +12\n/);
  expect(dryReport.stdout).toMatch(/a run takes +1 s at 1,000 write units a second \(one partition\); /);

  const unasked = await run(['start', '--watch']);
  expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('add --yes') });
  expect(unasked.stdout).toContain('12 entries of 3 users in the dry run migration-');
  expect(unasked.stdout).toMatch(/entries +12 in Firestore now\n/);
  expect(unasked.stdout).toContain(`table ${project.table}`);

  const done = await run(['start', '--watch', '--yes']);
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(done.stdout).toMatch(/^Running migration-/);
  expect(done.stdout).toMatch(/created +12\n/);
  expect(done.stdout).toContain('Verification shows no issues');

  expect(await run(['status', '--json'])).toMatchObject({
    code: 0,
    json: { currentStatus: { state: 'idle' }, lastMigration: { state: 'completed' } },
  });
  const status = await run(['status']);
  expect(status.stdout).toContain('1 live');
  expect(status.stdout).toMatch(/last outcome +.*\(migration-/);
  expect(await run(['workers', '--json'])).toMatchObject({
    code: 0,
    json: { workers: [{ mismatch: null }] },
  });
  expect((await run(['workers'])).stdout).toMatch(/^worker +version/);
  expect(await run(['user', 'user-00001', '--json'])).toMatchObject({
    code: 0,
    json: { state: 'done', counts: { created: 4 } },
  });
  expect(await run(['user', 'who?'])).toMatchObject({
    code: 5,
    stdout: expect.stringContaining('who? is unknown'),
  });
  expect(await run(['entries', '--kind', 'encoded-as-text', '--json'])).toMatchObject({
    code: 0,
    json: { kind: 'encoded-as-text' },
  });
  expect(await run(['watch', '--json'])).toMatchObject({ code: 0, json: { state: 'completed' } });
  expect(await run(['verify', '--mode', 'count', '--json'])).toMatchObject({
    code: 0,
    json: { isValid: true, counts: { firestore: 12, dynamodb: 12 } },
  });
  expect(await run(['failures', '--json'])).toMatchObject({ code: 0, json: { failures: [] } });
  expect(await run(['runs', '--json'])).toMatchObject({
    code: 0,
    json: { migrations: [{ dryRun: false }, { dryRun: true }, { dryRun: true }] },
  });
  expect(await run(['report', '--json'])).toMatchObject({
    code: 0,
    json: { totals: { totalProcessed: 12 }, failures: [] },
  });
  expect((await run(['report', '--format', 'html'])).stdout).toMatch(/^<!doctype html>/);
  expect((await run(['report', '--format', 'csv'])).stdout).toContain('Totals,createdCount,12,');

  expect(await run(['rollback', '--dry-run', '--json'])).toMatchObject({ code: 0, json: { deleted: 12 } });
  const asked = await run(['rollback']);
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('Delete 12 items?') });
  expect(await project.items()).toHaveLength(12);
  expect(await run(['rollback', '--yes', '--json'])).toMatchObject({
    code: 0,
    json: { dryRun: false, deleted: 12 },
  });
  expect(await project.items()).toEqual([]);
  expect(await run(['verify', '--json'])).toMatchObject({ code: 5, json: { isValid: false } });
  expect((await run(['verify'])).stdout).toMatch(/missing users\/.*\n  and 7 more: /);
});

it('without an id shows the run that runs', { timeout: 120_000 }, async () => {
  await run(['pace', '1']);
  const started = await run(['start', '--yes', '--json']);
  const { migrationId } = started.json as { migrationId: string };
  expect(await run(['failures', '--json'])).toMatchObject({ code: 0, json: { migrationId } });
  await run(['cancel']);
  await run(['watch']);
  await run(['pace', 'none']);
});

it('lists what failed, retries it, and ends with 5', { timeout: 300_000 }, async () => {
  const entries = [{ date: '2026-01-01', fields: { trades: 'x'.repeat(450_000) } }];
  await project.addJournals([{ userId: 'large', entries }]);
  const started = await run(['start', '--user', 'large', '--no-verify', '--yes', '--json']);
  expect(started).toMatchObject({ code: 0, json: { stats: { totalProcessed: 0 } } });
  const ended = await run(['watch']);
  expect(ended.code).toBe(5);
  expect(ended.stdout).toContain('ITEM_TOO_LARGE users/large/trading-journal/2026-01-01');
  expect((await run(['failures'])).stdout).toContain('ITEM_TOO_LARGE 1');
  expect(await run(['failures', '--code', 'KEY_TOO_LONG', '--json'])).toMatchObject({
    json: { failures: [] },
  });
  expect(await run(['retry', '--code', 'ITEM_TOO_LARGE', '--watch', '--json'])).toMatchObject({
    code: 5,
    json: { state: 'completed-with-failures', stats: { failureCount: 1 } },
  });
  expect((await run(['report', '--format', 'csv'])).stdout).toContain(
    'Failure,users/large/trading-journal/2026-01-01,ITEM_TOO_LARGE,',
  );
});

it('sets the pace, and says what is refused', { timeout: 120_000 }, async () => {
  expect(await run(['pace', '500'])).toMatchObject({ code: 0, stdout: expect.stringContaining('500') });
  expect(await run(['pace', 'none'])).toMatchObject({ code: 0 });
  expect(await run(['pace', 'fast'])).toMatchObject({ code: 2 });
  expect(await run(['pause', '--json'])).toMatchObject({ code: 4, json: { code: 'NOTHING_RUNNING' } });
  expect(await run(['retry', 'migration-20200101T000000000Z'])).toMatchObject({ code: 4 });
  const noToken = await run(['status'], { API_TOKEN: '' });
  expect(noToken).toMatchObject({ code: 4, stderr: expect.stringContaining('--token') });
});

it.each([
  [['status', '--url', 'http://127.0.0.1:1'], 3, 'pnpm api'],
  [['status', '--url', 'nowhere'], 2, "'nowhere' is no URL"],
  [['status', '--unknown'], 2, "unknown option '--unknown'"],
  [['start', '--prune-count', 'x'], 2, 'whole number'],
  [['watch', 'what'], 2, 'is no id'],
  [['nothing'], 2, "unknown command 'nothing'"],
] as const)('%j ends with %i and says why', { timeout: 60_000 }, async (args, code, words) => {
  expect(await run(args)).toMatchObject({ code, stderr: expect.stringContaining(words) });
});

it('--help names every command, with examples and exit codes', { timeout: 60_000 }, async () => {
  const { code, stdout } = await run(['--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('Exit codes: 0 done');
  expect((await run(['start', '--help'])).stdout).toContain('Examples:');
});
