import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { z } from 'zod';

import type { RedisConnection } from './primary-redis.ts';
import { loadScript, runScript } from './run-script.ts';
import manifest from '../package.json' with { type: 'json' };

const report = z.object({
  id: z.string(),
  host: z.string(),
  pid: z.number(),
  /** The version of the program. */
  version: z.string().default('unknown'),
  /** The start of the worker, ISO 8601, by its own clock. */
  since: z.string(),
  /** The number of active tasks. */
  tasks: z.number(),
  /** The operation that it does not work on, because its binding differs. */
  mismatch: z
    .object({
      operationId: z.string(),
      differences: z.array(
        z.object({
          part: z.enum(['source', 'target', 'settings']),
          field: z.string(),
          expected: z.string().nullable(),
          actual: z.string().nullable(),
        }),
      ),
    })
    .optional(),
});

/** A worker process that has reported within the last ten seconds. */
export interface LiveWorker extends Readonly<z.infer<typeof report>> {
  /** Milliseconds since its last report, by the clock of Redis. */
  readonly lastSeenMs: number;
}

export type Mismatch = NonNullable<LiveWorker['mismatch']>;

export interface WorkerRegistry {
  /** Reports this process at once and periodically until `stop`. */
  register(state: () => Pick<LiveWorker, 'tasks' | 'mismatch'>): { stop(): void };
  /** The live workers, oldest first. */
  list(): Promise<readonly LiveWorker[]>;
}

const everyMs = 2_000;
const goneAfterMs = 10_000;

const reportScript = loadScript('report-worker');

/** The registry of live workers in Redis: `<prefix>:workers`, a field for each. The caller closes the connection. */
export function createWorkerRegistry(redis: RedisConnection, prefix: string): WorkerRegistry {
  const key = `${prefix}:workers`;
  return {
    register(state) {
      const self = {
        id: randomUUID(),
        host: hostname(),
        pid: process.pid,
        version: manifest.version,
        since: new Date().toISOString(),
      };
      let reporting: Promise<unknown> | undefined;
      const send = (): void => {
        const text = JSON.stringify({ ...self, ...state() });
        // While Redis can't be reached only one report waits for it.
        reporting ??= runScript(redis, reportScript, [key], [self.id, text, goneAfterMs])
          .catch(() => undefined)
          .finally(() => {
            reporting = undefined;
          });
      };
      const timer = setInterval(send, everyMs);
      send();
      return {
        stop() {
          clearInterval(timer);
          // Not awaited: if Redis can't be reached the entry expires.
          redis.hdel(key, self.id).catch(() => undefined);
        },
      };
    },

    async list() {
      const answer = await runScript(redis, reportScript, [key], ['', '', goneAfterMs]);
      const workers: LiveWorker[] = [];
      for (let index = 0; index + 1 < answer.length; index += 2) {
        const parsed = report.safeParse(JSON.parse(answer[index + 1]!));
        if (!parsed.success) continue;
        workers.push({ ...parsed.data, lastSeenMs: Number(answer[index]) });
      }
      return workers.toSorted((a, b) => (a.since < b.since ? -1 : 1));
    },
  };
}
