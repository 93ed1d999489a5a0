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
  /** Presses a button of Bull Board, as its page does: `PUT` on this path below its queues. Whether it is answered is no matter. */
  readonly press: (path: string) => Promise<void>;
  readonly random: () => number;
  readonly say: (line: string) => void;
}

/** Longer than a worker's lock and the look for lost ones together: another worker has taken the jobs over by then. */
const beyondLockMs = 24_000;

const queues = ['users', 'runs'];

type ProcessFault = (environment: ChaosEnvironment) => Promise<void>;

/** What happens to processes and connections as a whole, by name, with how often it is drawn. */
const processFaults: Readonly<Record<string, { readonly weight: number; readonly happen: ProcessFault }>> = {
  'worker killed': {
    weight: 6,
    async happen({ workers, random }) {
      await killAndRestart(pick(workers, random), random);
    },
  },
  'all workers killed': {
    weight: 1,
    async happen({ workers, random }) {
      await Promise.all(workers.map((worker) => killAndRestart(worker, random)));
    },
  },
  'API killed': {
    weight: 2,
    async happen({ api, random }) {
      await killAndRestart(api, random);
    },
  },
  'worker frozen past its lock': {
    weight: 1,
    async happen({ workers, random }) {
      const worker = pick(workers, random);
      worker.freeze();
      await delay(beyondLockMs);
      worker.wake();
    },
  },
  'Bull Board: a queue emptied': {
    weight: 1,
    async happen({ press, random }) {
      await press(`${pick(queues, random)}/empty`);
    },
  },
  'Bull Board: jobs cleaned': {
    weight: 1,
    async happen({ press, random }) {
      await press(
        `${pick(queues, random)}/clean/${pick(['waiting', 'delayed', 'active', 'failed'], random)}`,
      );
    },
  },
  'Bull Board: paused and resumed': {
    weight: 1,
    async happen({ press, random }) {
      await press(pick(['pause', 'users/pause', 'runs/pause'], random));
      await delay(random() * 3_000);
      await press('resume');
    },
  },
  'stray worker': {
    weight: 2,
    async happen({ strays, random }) {
      const stray = pick(strays, random);
      stray.start();
      await delay(4_000 + random() * 8_000);
      await stray.kill();
    },
  },
  'Redis restarted': {
    weight: 1,
    async happen({ redis }) {
      await redis.restart();
    },
  },
  'Redis killed': {
    weight: 1,
    async happen({ redis, random }) {
      await redis.kill();
      await delay(random() * 3_000);
      await redis.restart();
    },
  },
  'Redis cut off': {
    weight: 1,
    async happen({ redisProxy, random }) {
      redisProxy.cut();
      await delay(1_000 + random() * 9_000);
      redisProxy.restore();
    },
  },
  'connections to Redis reset': {
    weight: 2,
    async happen({ redisProxy }) {
      redisProxy.resetAll();
    },
  },
  'connections to Firestore reset': {
    weight: 2,
    async happen({ firestoreTcp }) {
      firestoreTcp.resetAll();
    },
  },
  'Firestore cut off': {
    weight: 1,
    async happen({ firestoreTcp, random }) {
      firestoreTcp.cut();
      await delay(1_000 + random() * 9_000);
      firestoreTcp.restore();
    },
  },
  'connections to DynamoDB reset': {
    weight: 2,
    async happen({ dynamoDbTcp }) {
      dynamoDbTcp.resetAll();
    },
  },
  'DynamoDB out of order': {
    weight: 1,
    async happen({ dynamoDbProxy, random }) {
      dynamoDbProxy.always('unavailable');
      await delay(1_000 + random() * 9_000);
      dynamoDbProxy.always(undefined);
    },
  },
  'access to the table denied': {
    weight: 1,
    async happen({ dynamoDbProxy, random }) {
      dynamoDbProxy.always('access-denied');
      await delay(1_000 + random() * 3_000);
      dynamoDbProxy.always(undefined);
    },
  },
  'access to Firestore denied': {
    weight: 1,
    async happen({ firestoreProxy, random }) {
      firestoreProxy.always('permission-denied');
      await delay(1_000 + random() * 3_000);
      firestoreProxy.always(undefined);
    },
  },
};

/** One after another, drawn by the seed, until so many have happened or the signal aborts. Answers with the counts. */
export async function injectProcessFaults(
  environment: ChaosEnvironment,
  options: { times: number; everyMs: number; signal: AbortSignal; counts: Map<string, number> },
): Promise<void> {
  const bag = Object.entries(processFaults).flatMap(([name, { weight }]) =>
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
    environment.say(name);
    options.counts.set(name, (options.counts.get(name) ?? 0) + 1);
    await processFaults[name]?.happen(environment);
  }
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
