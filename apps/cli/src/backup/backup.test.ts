import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { readConfig } from '@migrator/config';
import { createMemoryLedger, runToEnd } from '@migrator/engine';
import { type JournalEntry, journals, oddIds, type Program, startProgram } from '@migrator/devkit';
import { openTestProject, type TestProject } from '@migrator/devkit/test-project';
import { openServices } from '@migrator/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

let project: TestProject;
let folder: string;
let path: string;

beforeEach(async () => {
  project = await openTestProject({ createTable: true });
  folder = await mkdtemp(join(tmpdir(), 'backup-'));
  path = join(folder, 'journals.ndjson.gz');
});

afterEach(async () => {
  await project[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function start(...args: string[]): Program {
  return startProgram({ main: 'cli', args, env: project.env });
}

async function run(...args: string[]) {
  const program = start(...args);
  const code = await program.ended;
  const { stdout, stderr } = program;
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  return { code, stdout, stderr, json: last.startsWith('{') ? (JSON.parse(last) as object) : undefined };
}

/** What a run of the same Firestore writes into a table of its own. */
async function itemsOfDirectRun(): Promise<unknown[]> {
  await using other = await openTestProject({
    createTable: true,
    env: { GOOGLE_CLOUD_PROJECT: project.env.GOOGLE_CLOUD_PROJECT },
  });
  const services = await openServices(readConfig(other.env));
  try {
    const ledger = createMemoryLedger();
    const request = { kind: 'migration', dryRun: false, verify: false, prune: false } as const;
    const opened = await ledger.open(request, { now: new Date(), binding: await services.binding() });
    if (!opened.opened) throw new Error('the ledger is not empty');
    await runToEnd({ ...services, ledger }, opened.operation.id, { usersAtOnce: 4 });
    return (await other.items()).map(withoutTimes);
  } finally {
    await services.close();
  }
}

/** But for when the run was. */
function withoutTimes(item: Awaited<ReturnType<TestProject['items']>>[number]): unknown {
  const { migratedAt: _, ...metadata } = item['data']?.M?.['metadata']?.M ?? {};
  return { key: item['dateKey'], data: { ...item['data']?.M, metadata } };
}

it('a restored table equals the one of a direct run', { timeout: 120_000 }, async () => {
  await project.addJournals(journals({ users: 5, entriesPerUser: 30 }));
  const entries = oddIds.map((date) => ({ date, fields: { '10': 1, '9': { b: [0.1, null], a: 'x' } } }));
  await project.addJournals(['__id7__', 'Müller', '📈'].map((userId) => ({ userId, entries })));
  const count = 150 + 3 * oddIds.length;

  const written = await run('backup', '--out', path, '--json');
  expect(written).toMatchObject({ code: 0, json: { users: 8, entries: count, file: path } });
  expect(await run('backup', 'verify', path, '--json')).toMatchObject({ code: 0, json: written.json });

  const unasked = await run('restore', '--from', path);
  expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('add --yes') });
  expect(unasked.stdout).toContain(`table ${project.table}`);
  expect(unasked.stdout).toContain(`project ${project.env.GOOGLE_CLOUD_PROJECT}`);
  const dry = await run('restore', '--from', path, '--dry-run', '--json');
  expect(dry).toMatchObject({
    code: 0,
    json: {
      dryRun: true,
      stats: { createdCount: count },
      estimate: { firestoreReads: { run: 0 }, cost: { firestoreReads: 0 } },
    },
  });
  expect(await project.items()).toEqual([]);

  const restored = await run('restore', '--from', path, '--yes', '--json');
  expect(restored).toMatchObject({
    code: 0,
    json: {
      state: 'completed',
      stats: { createdCount: count, failureCount: 0, users: { listed: 8, completed: 8 } },
      verification: { isValid: true },
      source: { project: project.env.GOOGLE_CLOUD_PROJECT },
    },
  });
  expect((await project.items()).map(withoutTimes)).toEqual(await itemsOfDirectRun());

  const again = await run('restore', '--from', path, '--yes');
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toMatch(new RegExp(`skipped +${count} `));
});

it('what can be no item fails as in a run', { timeout: 60_000 }, async () => {
  const entries: JournalEntry[] = [
    { date: 'large', fields: { trades: ['x'.repeat(500_000)] } },
    { date: 'small', fields: {} },
  ];
  await project.addJournals([{ userId: 'ann', entries }]);
  await run('backup', '--out', path, '--user', 'ann');
  expect(await run('restore', '--from', path, '--yes', '--json')).toMatchObject({
    code: 5,
    json: {
      state: 'completed-with-failures',
      stats: { createdCount: 1, failureCount: 1, errors: [{ code: 'ITEM_TOO_LARGE' }] },
    },
  });
});

it('a backup of some users is a run of these users', { timeout: 60_000 }, async () => {
  await project.addJournals(journals({ users: 2, entriesPerUser: 3 }));
  await run('backup', '--out', path);
  await run('restore', '--from', path, '--yes');
  await run('backup', '--out', path, '--user', 'user-00001', '--force');
  // All of Firestore would miss the entries of the other user.
  expect(await run('restore', '--from', path, '--yes', '--json')).toMatchObject({
    code: 0,
    json: { stats: { skippedCount: 3, users: { listed: 1 } }, verification: { isValid: true } },
  });
  expect(await run('restore', '--from', path, '--user', 'user-00000', '--yes')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('user-00000 is none of them'),
  });
});

it('a backup that is killed, or stopped, continues to the same content', { timeout: 120_000 }, async () => {
  await project.addJournals(journals({ users: 20, entriesPerUser: 200 }));
  const whole = join(folder, 'whole.gz');
  await run('backup', '--out', whole);
  for (const [signal, end, says] of [
    ['SIGKILL', 'SIGKILL', ''],
    ['SIGINT', 130, `--out ${path} --resume`],
  ] as const) {
    const program = start('backup', '--out', path);
    await vi.waitFor(async () => expect((await stat(`${path}.partial`)).size).toBeGreaterThan(300_000), {
      timeout: 30_000,
      interval: 10,
    });
    process.kill(program.pid, signal);
    expect(await program.ended).toBe(end);
    expect(program.stderr).toContain(says);
    expect(await readdir(folder)).toContain('journals.ndjson.gz.partial');
    expect(await run('backup', '--out', path)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--resume'),
    });
    expect(await run('backup', '--out', path, '--resume')).toMatchObject({ code: 0 });
    expect(await run('backup', 'verify', path)).toMatchObject({ code: 0 });
    expect(await contentOf(path)).toEqual(await contentOf(whole));
    await rm(path);
  }
});

async function contentOf(file: string): Promise<string[]> {
  return gunzipSync(await readFile(file))
    .toString()
    .split('\n')
    .slice(1, -2);
}

it('says what is wrong', { timeout: 60_000 }, async () => {
  expect(await run('backup')).toMatchObject({ code: 2, stderr: expect.stringContaining('--out') });
  expect(await run('backup', '--out', path)).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('No entry in Firestore at'),
  });
  expect(await run('backup', 'verify', import.meta.filename, '--json')).toMatchObject({
    code: 1,
    json: { code: 'BACKUP_INVALID', error: expect.stringContaining('not packed with gzip') },
  });
  expect(await run('restore', '--from', import.meta.filename, '--yes')).toMatchObject({ code: 1 });
});
