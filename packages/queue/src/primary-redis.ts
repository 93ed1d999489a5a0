import { createConnection, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';

import { AbstractConnector, type Cluster, type Redis, type RedisOptions } from 'ioredis';

import { CorkedRedis } from './corked-redis.ts';

/** To one Redis (Sentinel's, too), or to all nodes of a cluster. */
export type RedisConnection = Redis | Cluster;

/** As Node says it where the other side ends the connection. */
export const tlsCutOff = 'Client network socket disconnected before secure TLS connection was established';

/** How soon after another a READONLY may make a connection look for the primary again, ms. */
const lookAgainMs = 1_000;

/**
 * One that works in the database that it was told, with a primary, or not at all. ioredis itself goes on in database 0 when
 * Redis refuses another one, and on a replica it reconnects ten times a second. Connections that BullMQ makes like it
 * are of the same kind.
 */
export class PrimaryRedis extends CorkedRedis {
  constructor({ replyMapping: _default, ...options }: RedisOptions) {
    super({ ...options, reconnectOnError: lookForPrimary(options.maxRetriesPerRequest === 0 ? 1 : 2) });
  }

  /** BullMQ's connections for blocking commands. (Its type says more of its options than a subclass can name.) */
  override duplicate(override: Partial<RedisOptions> = {}): never {
    return new PrimaryRedis({ ...this.options, ...override }) as never;
  }

  /** Called with what Redis refuses a command with. The connection keeps it, as the reason of what comes next. */
  override handleReconnection(...args: Parameters<CorkedRedis['handleReconnection']>): void {
    const [error] = args;
    if (isReadOnly(error)) this.silentEmit('error', error);
    super.handleReconnection(...args);
  }

  /** Sent by ioredis itself, as part of getting ready. */
  override async select(...args: Parameters<CorkedRedis['select']>): Promise<'OK'> {
    try {
      return await super.select(...args);
    } catch (error) {
      if (error instanceof Error) this.recoverFromFatalError(error, error, {});
      throw error;
    }
  }
}

/**
 * A primary that has become a replica has not run the command: look for the new one (1), and send it there (2) where
 * commands wait for a connection.
 */
function lookForPrimary<How extends 1 | 2>(how: How): (error: Error) => How | false {
  let last = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (!isReadOnly(error)) return false;
    const now = performance.now();
    if (now - last < lookAgainMs) return false;
    last = now;
    return how;
  };
}

function isReadOnly(error: Error): boolean {
  return error.message.startsWith('READONLY');
}

/** Before it is asked again whether it is the primary now, ms. */
const replicaPauseMs = 2_000;

/** Connects to one address, and is content with a primary only. */
export class PrimaryConnector extends AbstractConnector {
  readonly #options: RedisOptions;
  #isReplica = false;
  #tell: (type: string, error: Error) => void = () => undefined;

  constructor(options: unknown) {
    const given = options as RedisOptions;
    super(given.disconnectTimeout ?? 2_000);
    this.#options = given;
  }

  async connect(tell: (type: string, error: Error) => void): Promise<Socket | TLSSocket> {
    this.#tell = tell;
    this.connecting = true;
    if (this.#isReplica) await delay(replicaPauseMs);
    // It was closed meanwhile.
    if (!this.connecting) throw new Error('Connection is closed.');
    this.#isReplica = false;
    const { host, port, family, tls } = this.#options;
    const address = { host, port: port ?? 6379, family };
    const stream =
      tls === undefined
        ? createConnection(address)
        : this.#watchHandshake(connectTls({ ...address, ...tls }));
    stream.once('error', (error) => {
      this.firstError = error;
    });
    this.stream = stream;
    return stream;
  }

  /** A server without TLS waits for us to speak Redis's protocol; that the wait timed out says nothing of that. */
  #watchHandshake(stream: TLSSocket): TLSSocket {
    let pending = false;
    stream.once('connect', () => (pending = true));
    for (const event of ['secureConnect', 'error']) stream.once(event, () => (pending = false));
    stream.once('close', () => {
      if (pending) this.#tell('error', new Error(tlsCutOff));
    });
    return stream;
  }

  /** Asked before the connection counts as ready; `false` makes ioredis try again, less and less often. */
  override check(info: { readonly role?: string }): boolean {
    this.#isReplica = info.role === 'slave';
    if (!this.#isReplica) return true;
    this.#tell('error', new ReplicaError());
    return false;
  }
}

/** Redis's own word for it, before it has to say it. */
class ReplicaError extends Error {
  override readonly name = 'ReplyError';

  constructor() {
    super("READONLY You can't write against a read only replica.");
  }
}
