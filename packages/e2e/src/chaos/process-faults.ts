import { setTimeout as delay } from 'node:timers/promises';

import type { DynamoDbProxy, FirestoreProxy, Program, RedisService, TcpProxy } from '@migrator/devkit';

export interface ChaosEnvironment {
  readonly workers: readonly Program[];
  /** Workers over the same Redis that are configured for another table or collection; none is running. */
  readonly strays: readonly Program[];
  readonly api: Program;
  readonly redis: RedisService;
  readonly redisProxy: TcpProxy;
  readonly firestoreProxy: FirestoreProxy;
  readonly firestoreTcp: TcpProxy;
  readonly dynamoDbProxy: DynamoDbProxy;
  readonly dynamoDbTcp: TcpProxy;
  /** Presses a button of Bull Board, as its page does: `PUT` on this path below its queues. Ignores the response. */
  readonly press: (path: string) => Promise<void>;
  readonly random: () => number;
  readonly log: (line: string) => void;
}

/** Longer than a worker's lock plus the stalled check: by then another worker has taken over its jobs. */
const beyondLockMs = 24_000;

const queues = ['users', 'runs'];

type ProcessFault = readonly [weight: number, inject: (environment: ChaosEnvironment) => Promise<void>];

/** The faults of whole processes and connections, by name. The weight is how often one is drawn. */
const processFaults: Readonly<Record<string, ProcessFault>> = {
  'worker killed': [6, ({ workers, random }) => killAndRestart(pick(workers, random), random)],
  'all workers killed': [
    1,
    async ({ workers, random }) => {
      await Promise.all(workers.map((worker) => killAndRestart(worker, random)));
    },
  ],
  'API killed': [2, ({ api, random }) => killAndRestart(api, random)],
  'worker frozen past its lock': [
    1,
    async ({ workers, random }) => {
      const worker = pick(workers, random);
      worker.freeze();
      await delay(beyondLockMs);
      worker.wake();
    },
  ],
  'Bull Board: a queue emptied': [1, ({ press, random }) => press(`${pick(queues, random)}/empty`)],
  'Bull Board: jobs cleaned': [
    1,
    ({ press, random }) =>
      press(`${pick(queues, random)}/clean/${pick(['waiting', 'delayed', 'active', 'failed'], random)}`),
  ],
  'Bull Board: paused and resumed': [
    1,
    async ({ press, random }) => {
      await press(pick(['pause', 'users/pause', 'runs/pause'], random));
      await delay(random() * 3_000);
      await press('resume');
    },
  ],
  'stray worker': [
    2,
    async ({ strays, random }) => {
      const stray = pick(strays, random);
      stray.start();
      await delay(4_000 + random() * 8_000);
      await stray.kill();
    },
  ],
  'Redis restarted': [1, ({ redis }) => redis.restart()],
  'Redis killed': [
    1,
    async ({ redis, random }) => {
      await redis.kill();
      await delay(random() * 3_000);
      await redis.restart();
    },
  ],
  'Redis cut off': [1, ({ redisProxy, random }) => cutFor(redisProxy, random)],
  'connections to Redis reset': [2, async ({ redisProxy }) => redisProxy.resetAll()],
  'connections to Firestore reset': [2, async ({ firestoreTcp }) => firestoreTcp.resetAll()],
  'Firestore cut off': [1, ({ firestoreTcp, random }) => cutFor(firestoreTcp, random)],
  'connections to DynamoDB reset': [2, async ({ dynamoDbTcp }) => dynamoDbTcp.resetAll()],
  'DynamoDB out of order': [
    1,
    async ({ dynamoDbProxy, random }) => {
      dynamoDbProxy.always('unavailable');
      await delay(1_000 + random() * 9_000);
      dynamoDbProxy.always(undefined);
    },
  ],
  'access to the table denied': [
    1,
    async ({ dynamoDbProxy, random }) => {
      dynamoDbProxy.always('access-denied');
      await delay(1_000 + random() * 3_000);
      dynamoDbProxy.always(undefined);
    },
  ],
  'access to Firestore denied': [
    1,
    async ({ firestoreProxy, random }) => {
      firestoreProxy.always('permission-denied');
      await delay(1_000 + random() * 3_000);
      firestoreProxy.always(undefined);
    },
  ],
};

/** Injects faults one after another, drawn by the seed, until `times` is reached or the signal aborts. Counts them. */
export async function injectProcessFaults(
  environment: ChaosEnvironment,
  options: { times: number; everyMs: number; signal: AbortSignal; counts: Map<string, number> },
): Promise<void> {
  const bag = Object.entries(processFaults).flatMap(([name, [weight]]) =>
    Array.from({ length: weight }, () => name),
  );
  let left: string[] = [];
  for (let time = 0; time < options.times && !options.signal.aborted; time += 1) {
    await delay(environment.random() * 2 * options.everyMs, undefined, { signal: options.signal }).catch(
      () => undefined,
    );
    if (options.signal.aborted) return;
    // Without putting back, so that each kind comes before one comes too often.
    if (left.length === 0) left = [...bag];
    const [name = ''] = left.splice(Math.floor(environment.random() * left.length), 1);
    environment.log(name);
    options.counts.set(name, (options.counts.get(name) ?? 0) + 1);
    await processFaults[name]?.[1](environment);
  }
}

async function cutFor(proxy: TcpProxy, random: () => number): Promise<void> {
  proxy.cut();
  await delay(1_000 + random() * 9_000);
  proxy.restore();
}

async function killAndRestart(program: Program, random: () => number): Promise<void> {
  await program.kill();
  await delay(random() * 1_000);
  program.start();
}

function pick<T>(from: readonly T[], random: () => number): T {
  const picked = from[Math.floor(random() * from.length)];
  if (picked === undefined) throw new RangeError('nothing to pick from');
  return picked;
}
