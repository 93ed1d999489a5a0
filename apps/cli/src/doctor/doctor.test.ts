import { journals, startProgram } from '@migrator/devkit';
import { openTestProject } from '@migrator/devkit/test-project';
import { expect, it } from 'vitest';

interface Report {
  readonly ok: boolean;
  readonly checks: readonly { readonly check: string; readonly level: string; readonly says: string }[];
}

async function examine(env: NodeJS.ProcessEnv): Promise<{ code: number | string; report: Report }> {
  const program = startProgram({ main: 'cli', args: ['doctor', '--json'], env });
  const code = await program.ended;
  return { code, report: JSON.parse(program.stdout.trimEnd().split('\n').at(-1) ?? '') as Report };
}

function failing({ checks }: Report): string[] {
  return checks.filter(({ level }) => level === 'fail').map(({ check }) => check);
}

const limit = { timeout: 120_000 };

it.concurrent('finds nothing to correct where all is well, and writes nothing', limit, async () => {
  await using project = await openTestProject({ createTable: true });
  await project.addJournals(journals({ users: 1, entriesPerUser: 1, missingEvery: 1 }));
  const { code, report } = await examine(project.env);
  expect(failing(report)).toEqual([]);
  expect(code).toBe(0);
  const levels = Object.fromEntries(report.checks.map(({ check, level }) => [check, level]));
  expect(levels).toMatchObject({
    Node: 'ok',
    Configuration: 'ok',
    Firestore: 'ok',
    Table: 'ok',
    Scan: 'ok',
    PutItem: 'ok',
    DeleteItem: 'ok',
    Redis: 'ok',
    'Redis settings': 'ok',
    Workers: 'warn',
  });
  expect(await project.items()).toEqual([]);
});

it.concurrent('tells all faults of the services at once', limit, async () => {
  await using project = await openTestProject();
  await project.addJournals(journals({ users: 1, entriesPerUser: 1 }));
  const env = { ...project.env, CREATE_TABLE: 'false', REDIS_URL: 'redis://127.0.0.1:1' };
  const { code, report } = await examine(env);
  expect(code).toBe(1);
  expect(failing(report)).toEqual(['Table', 'Redis']);
});

it.concurrent('fails where Firestore has no entry, as a start would', limit, async () => {
  await using project = await openTestProject({ createTable: true });
  const { code, report } = await examine(project.env);
  expect(code).toBe(1);
  expect(failing(report)).toEqual(['Firestore']);
});

it.concurrent('tells everything that is not configured at once', limit, async () => {
  const { code, report } = await examine({ REDIS_URL: 'redis://127.0.0.1:1' });
  expect(code).toBe(1);
  expect(failing(report)).toEqual(['Configuration', 'Configuration', 'Redis']);
  const says = report.checks.map((line) => line.says).join('\n');
  expect(says).toContain('GOOGLE_CLOUD_PROJECT');
  expect(says).toContain('AWS_REGION');
});

it.concurrent('tells a wrong value', limit, async () => {
  const { code, report } = await examine({ DYNAMODB_TABLE: 'x' });
  expect(code).toBe(1);
  expect(failing(report)).toEqual(['Configuration']);
});
