// Shows that memory is bounded: `node packages/e2e/src/bounds/main.ts [users]`. Prints one JSON object for each figure.
import {
  encodeDocument,
  journalEntry,
  type Program,
  startProgram,
  startRedis,
  workerFlags,
} from '@migrator/devkit';

const users = Number(process.argv[2] ?? 1_000_000);
const document = Buffer.from(
  encodeDocument({
    name: 'projects/p/databases/(default)/documents/users/u/trading-journal/d',
    fields: journalEntry(1, 1).fields,
    updateTime: new Date('2026-01-01T00:00:00Z'),
  }),
).toString('base64');

/** Longer than any of them takes. */
const limitMs = 2 ** 31 - 1;

function run(main: URL, args: readonly (string | number)[], env: Record<string, string> = {}) {
  return startProgram({
    main,
    args: args.map(String),
    nodeFlags: workerFlags,
    env: { DOCUMENT: document, ...env },
  });
}

function figureOf(program: Program): Promise<object> {
  return program.read((line) => (line.startsWith('{') ? (JSON.parse(line) as object) : undefined), limitMs);
}

function print(figure: object): void {
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

const redis = await startRedis();
const workers = (['coordinator', 'worker'] as const).map((role) => ({
  role,
  program: run(new URL('./worker.ts', import.meta.url), [users, 1, role], { REDIS_URL: redis.url }),
}));
const most = { coordinator: 0, worker: 0, redis: 0, completed: 0 };
const startedAt = performance.now();
try {
  const over = workers.map(({ role, program }) => {
    let began = false;
    return program.read((line) => {
      if (!line.startsWith('{')) return undefined;
      const sample = JSON.parse(line) as { state: string; completed: number; rss: number; redis: number };
      most[role] = Math.max(most[role], sample.rss);
      most.redis = Math.max(most.redis, sample.redis);
      most.completed = Math.max(most.completed, sample.completed);
      began ||= sample.state === 'running';
      return (began && sample.state === 'over') || undefined;
    }, limitMs);
  });
  await Promise.all(over);
  print({
    figure: 'many users',
    users,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    mostResidentMiB: { coordinator: most.coordinator, worker: most.worker },
    mostRedisMiB: most.redis,
  });
} finally {
  for (const { program } of workers) await program.stop();
  await redis.stop();
}

for (const entries of [10_000, 100_000, 1_000_000]) {
  print({
    figure: 'one user',
    ...(await figureOf(run(new URL('./one-large-user.ts', import.meta.url), [entries]))),
  });
}

print({
  figure: 'retried entries of 1 MB',
  ...(await figureOf(run(new URL('./retried-entries.ts', import.meta.url), [4, 100]))),
});

const issues = await startRedis();
try {
  print({
    figure: 'issues of verifications',
    ...(await figureOf(run(new URL('./kept-issues.ts', import.meta.url), [14], { REDIS_URL: issues.url }))),
  });
} finally {
  await issues.stop();
}
