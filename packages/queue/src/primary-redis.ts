import { createConnection, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';

import { AbstractConnector, type Cluster, type Redis, type RedisOptions } from 'ioredis';

import { CorkedRedis } from './corked-redis.ts';

/** A connection to one Redis (also by Sentinel), or to all nodes of a cluster. */
export type RedisConnection = Redis | Cluster;

/** Node's message if the server closes the connection. */
export const tlsCutOff = 'Client network socket disconnected before secure TLS connection was established';

/** The shortest interval between two reconnects because of READONLY, in milliseconds. */
const reconnectIntervalMs = 1_000;

/**
 * A client that is ready only with a primary and in the configured database. ioredis would continue in database 0 if
 * Redis rejects another one, and would reconnect to a replica ten times a second. Duplicates that BullMQ makes are of
 * the same class.
 */
export class PrimaryRedis extends CorkedRedis {
  constructor({ replyMapping: _default, ...options }: RedisOptions) {
    super({ ...options, reconnectOnError: reconnectOnReadOnly(options.maxRetriesPerRequest === 0 ? 1 : 2) });
  }

  /** BullMQ's connections for blocking commands. (Return type `never`: a subclass can't name ioredis's own type.) */
  override duplicate(override: Partial<RedisOptions> = {}): never {
    return new PrimaryRedis({ ...this.options, ...override }) as never;
  }

  /** Called with an error response of Redis. The connection keeps it as the reason of its next errors. */
  override handleReconnection(...args: Parameters<CorkedRedis['handleReconnection']>): void {
    const [error] = args;
    if (isReadOnly(error)) this.silentEmit('error', error);
    super.handleReconnection(...args);
  }

  /** Called by ioredis during the handshake. */
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
 * A primary that has become a replica has not executed the command: reconnect (1), and also resend the command (2) if
 * commands wait for a connection.
 */
function reconnectOnReadOnly<How extends 1 | 2>(how: How): (error: Error) => How | false {
  let last = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (!isReadOnly(error)) return false;
    const now = performance.now();
    if (now - last < reconnectIntervalMs) return false;
    last = now;
    return how;
  };
}

function isReadOnly(error: Error): boolean {
  return error.message.startsWith('READONLY');
}

/** Milliseconds before it is checked again whether a replica is the primary. */
const replicaPauseMs = 2_000;

/** Connects to one address and accepts a primary only. */
export class PrimaryConnector extends AbstractConnector {
  readonly #options: RedisOptions;
  #isReplica = false;
  #emit: (type: string, error: Error) => void = () => undefined;

  constructor(options: unknown) {
    const given = options as RedisOptions;
    super(given.disconnectTimeout ?? 2_000);
    this.#options = given;
  }

  async connect(emit: (type: string, error: Error) => void): Promise<Socket | TLSSocket> {
    this.#emit = emit;
    this.connecting = true;
    if (this.#isReplica) await delay(replicaPauseMs);
    // The client was closed meanwhile.
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

  /**
   * Emits `tlsCutOff` if the TLS handshake never completes. A server without TLS waits for Redis's protocol, and the
   * connect timeout does not mention TLS.
   */
  #watchHandshake(stream: TLSSocket): TLSSocket {
    let pending = false;
    stream.once('connect', () => (pending = true));
    for (const event of ['secureConnect', 'error']) stream.once(event, () => (pending = false));
    stream.once('close', () => {
      if (pending) this.#emit('error', new Error(tlsCutOff));
    });
    return stream;
  }

  /** Called before the connection is ready; `false` makes ioredis reconnect with a growing delay. */
  override check(info: { readonly role?: string }): boolean {
    this.#isReplica = info.role === 'slave';
    if (!this.#isReplica) return true;
    this.#emit('error', new ReplicaError());
    return false;
  }
}

/** The error that Redis would return for a write. */
class ReplicaError extends Error {
  override readonly name = 'ReplyError';

  constructor() {
    super("READONLY You can't write against a read only replica.");
  }
}
