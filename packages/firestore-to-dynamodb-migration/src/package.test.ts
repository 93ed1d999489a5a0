import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { days, openTestEnvironment } from './test-support/open-test-environment.ts';

const run = promisify(execFile);
const room = dirname(import.meta.dirname);
const root = dirname(dirname(room));
const tsc = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin', 'tsc');

/** What an application does at its start, and then in a route. */
const program = `
import { ConfigError, createJournalReader, type ExecuteMigrationOptions, executeMigration, getJournal, getJournals, type Journal, MigrationError, type MigrationResult } from 'firestore-to-dynamodb-migration';

const options: ExecuteMigrationOptions = { onProgress: ({ percent }) => void percent?.toFixed(1) };
try {
  const result: MigrationResult = await executeMigration(options);
  const { migrationId, state, stats: { totalProcessed, successCount }, verification } = result;
  const journal: Journal | undefined = await getJournal('ann', 'day-0001');
  const several: Journal[] = await getJournals('ann', ['day-0002', 'day-0001']);
  const reader = createJournalReader({ consistent: true });
  const same = await reader.getJournal('ann', 'day-0001', { signal: AbortSignal.timeout(10_000) });
  reader.close();
  const isValid: boolean | undefined = verification?.isValid;
  console.log(JSON.stringify({ migrationId, state, totalProcessed, successCount, isValid, trades: journal?.trades, same: same?.updatedAt === journal?.updatedAt, several: several.length }));
} catch (error) {
  if (error instanceof MigrationError || error instanceof ConfigError) console.log(JSON.stringify({ code: 'code' in error ? error.code : error.variable }));
  else throw error;
}
`;

const tsconfig = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    types: ['node'],
    strict: true,
    noEmit: true,
    // So that a type which can't be found is an error in what we ship, not a silent any.
    skipLibCheck: false,
  },
  include: ['*.ts'],
};

let project = '';

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'application-'));
  await run('npm', ['pack', '--pack-destination', project], { cwd: room });
  const [tarball = ''] = (await readdir(project)).filter((name) => name.endsWith('.tgz'));
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({ name: 'application', private: true, type: 'module' }),
  );
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(tsconfig));
  await writeFile(join(project, 'main.ts'), program);
  const { version } = await packageJson(join(root, 'node_modules/@types/node'));
  const nodeTypes = `@types/node@${version}`;
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', ...flags, `./${tarball}`, nodeTypes], { cwd: project });
}, 300_000);

afterAll(async () => {
  await rm(project, { recursive: true });
});

test('its types stand on their own, and fit', async () => {
  const checked = run(process.execPath, [tsc, '-p', project], { cwd: project }).catch(
    ({ code, stdout }: { code?: number; stdout?: string }) => ({ code, stdout }),
  );
  expect(await checked).toEqual({ stdout: '', stderr: '' });
});

test('it depends on what it imports, in the versions of the workspace', async () => {
  const built = await readdir(join(room, 'dist'));
  const bundle = (await Promise.all(built.map((name) => readFile(join(room, 'dist', name), 'utf8')))).join(
    '\n',
  );
  const { dependencies = {} } = await packageJson(room);
  const versions = await catalog();
  for (const [name, version] of Object.entries(dependencies)) {
    expect(`${name} ${version}`).toBe(`${name} ^${versions[name]}`);
    expect(bundle).toMatch(new RegExp(String.raw`(from |import |import\()"${name}["/]`));
  }
  expect(bundle).not.toContain('@migrator/');
});

test('an older Node is told so, and which one is needed', async () => {
  const importing = ['--input-type=module', '--eval', "import 'firestore-to-dynamodb-migration'"];
  const failing = async (node: string, ...args: string[]): Promise<string> =>
    await run(node, [...args, ...importing], { cwd: project }).then(
      () => '',
      ({ stderr }: { stderr: string }) => stderr,
    );
  const sentence = /Error: firestore-to-dynamodb-migration needs Node 22\.19 or later, and this is Node /;
  expect(await failing(process.execPath, '--import', pretend('22.18.0'))).toMatch(sentence);
  expect(await failing(process.execPath, '--import', pretend('22.19.0'))).toBe('');
  expect(await failing(process.execPath)).toBe('');
  // A machine may have an older one, which also lacks what the package imports.
  for (const old of await oldNodes()) expect(await failing(old)).toMatch(sentence);
});

test.each(['over the queue', 'without Redis'])(
  'an application migrates at its start %s, reads, and ends by itself',
  async (way) => {
    await using environment = await openTestEnvironment();
    await environment.fill('ann', days(3));
    const { REDIS_URL, ...rest } = environment.env;
    const env = way === 'without Redis' ? rest : { ...rest, REDIS_URL };
    const first = await start(env, 'boots');
    expect(first).toEqual({
      migrationId: expect.stringMatching(/^migration-/),
      state: 'completed',
      totalProcessed: 3,
      successCount: 3,
      isValid: true,
      trades: [{ symbol: 'ES', pnl: 1 / 3 }],
      same: true,
      several: 2,
    });
    expect(await start(env, 'boots')).toEqual(first);
    expect(
      await start({ ...env, DYNAMODB_TABLE: 'no-such-table', QUEUE_PREFIX: '{other}' }, 'boots'),
    ).toEqual({
      code: 'TABLE_NOT_FOUND',
    });
  },
);

test('an application whose Redis is away hears of it and ends by itself', async () => {
  await using environment = await openTestEnvironment();
  expect(await start({ ...environment.env, REDIS_URL: 'redis://127.0.0.1:1' }, 'away')).toEqual({
    code: 'REDIS_UNAVAILABLE',
  });
  expect(await start({ ...environment.env, OVERSIZE: 'fast' }, 'away')).toEqual({ code: 'OVERSIZE' });
});

/** What has a Node say that it is another version. */
function pretend(version: string): string {
  return `data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
}

/** Every Node on the PATH that can import modules and is too old. */
async function oldNodes(): Promise<string[]> {
  const nodes = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  const majors = await Promise.all(
    nodes.map(
      async (node) =>
        await run(node, ['--version']).then(
          ({ stdout }) => Number(stdout.slice(1).split('.')[0]),
          () => 0,
        ),
    ),
  );
  return nodes.filter((_, at) => (majors[at] ?? 0) >= 18 && (majors[at] ?? 0) < 22);
}

/** Starts the program in a folder of its own; it must end without being told to. What it prints is one line of JSON. */
async function start(env: Readonly<Record<string, string | undefined>>, folder: string): Promise<unknown> {
  const cwd = join(project, folder);
  await mkdir(cwd, { recursive: true });
  const { stdout, stderr } = await run(process.execPath, [join(project, 'main.ts')], {
    cwd,
    env,
    timeout: 40_000,
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

interface PackageJson {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

async function packageJson(folder: string): Promise<PackageJson> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
}

async function catalog(): Promise<Record<string, string>> {
  const workspace = await readFile(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const [, lines = ''] = /^catalog:\n((?: .*\n)+)/m.exec(workspace) ?? [];
  return Object.fromEntries(
    [...lines.matchAll(/^ {2}'?([^':]+)'?: (\S+)$/gm)].map(([, name = '', version = '']) => [name, version]),
  );
}
