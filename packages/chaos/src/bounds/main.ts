// Shows that memory is bounded: `node packages/chaos/src/bounds/main.ts [users]`. Prints one JSON object for each figure.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { startRedis } from '@migrator/local-services';

const users = Number(process.argv[2] ?? 1_000_000);

function run(file: string, args: readonly (string | number)[], env: Record<string, string> = {}) {
  return spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), ...args.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
}

function tell(figure: object): void {
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

for (const entries of [10_000, 100_000, 1_000_000]) {
  const child = run('./one-large-user.ts', [entries]);
  tell({ figure: 'one user', ...(JSON.parse(await text(child.stdout)) as object) });
}

const redis = await startRedis();
const workers = ['start', 'join'].map((role) =>
  run('./worker.ts', [users, 1, role], { REDIS_URL: redis.url }),
);
const most = { process: 0, redis: 0, completed: 0 };
const startedAt = performance.now();
try {
  const over = workers.map(async (worker) => {
    let began = false;
    for await (const line of createInterface({ input: worker.stdout })) {
      const sample = JSON.parse(line) as { state: string; completed: number; rss: number; redis: number };
      most.process = Math.max(most.process, sample.rss);
      most.redis = Math.max(most.redis, sample.redis);
      most.completed = Math.max(most.completed, sample.completed);
      began ||= sample.state === 'running';
      if (began && sample.state === 'over') return;
      if (Math.random() < 0.02) tell({ so_far: most });
    }
  });
  await Promise.all(over);
  tell({
    figure: 'many users',
    users,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    mostResidentMiBOfAProcess: most.process,
    mostRedisMiB: most.redis,
  });
} finally {
  for (const worker of workers) {
    const closed = once(worker, 'close');
    worker.stdin.end();
    await closed;
  }
  await redis.stop();
}
