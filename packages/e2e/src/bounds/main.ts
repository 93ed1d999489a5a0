// Shows that memory is bounded: `node packages/e2e/src/bounds/main.ts [users]`. Prints one JSON object for each figure.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { startRedis } from '@migrator/devkit';
import { encodeDocument, journalEntry } from '@migrator/devkit';

/** As the script `worker` has them. */
const workerFlags = ['--max-semi-space-size=8', '--max-old-space-size=768'];
const users = Number(process.argv[2] ?? 1_000_000);
const document = Buffer.from(
  encodeDocument({
    name: 'projects/p/databases/(default)/documents/users/u/trading-journal/d',
    fields: journalEntry(1, 1).fields,
    updateTime: new Date('2026-01-01T00:00:00Z'),
  }),
).toString('base64');

function run(file: URL, args: readonly (string | number)[], env: Record<string, string> = {}) {
  return spawn(process.execPath, [...workerFlags, fileURLToPath(file), ...args.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, DOCUMENT: document, ...env },
  });
}

function tell(figure: object): void {
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

const redis = await startRedis();
const workers = (['coordinator', 'worker'] as const).map((role) => ({
  role,
  child: run(new URL('./worker.ts', import.meta.url), [users, 1, role], { REDIS_URL: redis.url }),
}));
const most = { coordinator: 0, worker: 0, redis: 0, completed: 0 };
const startedAt = performance.now();
try {
  const over = workers.map(async ({ role, child }) => {
    let began = false;
    for await (const line of createInterface({ input: child.stdout })) {
      const sample = JSON.parse(line) as { state: string; completed: number; rss: number; redis: number };
      most[role] = Math.max(most[role], sample.rss);
      most.redis = Math.max(most.redis, sample.redis);
      most.completed = Math.max(most.completed, sample.completed);
      began ||= sample.state === 'running';
      if (began && sample.state === 'over') return;
    }
  });
  await Promise.all(over);
  tell({
    figure: 'many users',
    users,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    mostResidentMiB: { coordinator: most.coordinator, worker: most.worker },
    mostRedisMiB: most.redis,
  });
} finally {
  for (const { child } of workers) {
    const closed = once(child, 'close');
    child.stdin.end();
    await closed;
  }
  await redis.stop();
}

for (const entries of [10_000, 100_000, 1_000_000]) {
  const child = run(new URL('./one-large-user.ts', import.meta.url), [entries]);
  tell({ figure: 'one user', ...(JSON.parse(await text(child.stdout)) as object) });
}

const retried = run(new URL('./retried-entries.ts', import.meta.url), [4, 100]);
tell({ figure: 'retried entries of 1 MB', ...(JSON.parse(await text(retried.stdout)) as object) });

const issues = await startRedis();
try {
  const child = run(new URL('./kept-issues.ts', import.meta.url), [14], { REDIS_URL: issues.url });
  tell({ figure: 'issues of verifications', ...(JSON.parse(await text(child.stdout)) as object) });
} finally {
  await issues.stop();
}
