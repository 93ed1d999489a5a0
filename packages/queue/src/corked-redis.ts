import { Redis } from 'ioredis';

/**
 * A client that writes to its socket once for each turn of the event loop, because a write for each command costs as
 * much as the command itself. Nothing is held back beyond the turn. For ioredis a command is in flight as soon as the
 * socket has it, and fails with the socket.
 */
export class CorkedRedis extends Redis {
  #held: Redis['stream'] | undefined;

  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    // Undefined before the first connection, and a new one for each connection.
    const stream: Redis['stream'] | undefined = this.stream;
    if (stream !== undefined && stream !== this.#held) {
      this.#held = stream;
      stream.cork();
      // Write the handshake at once: a server that rejects it could otherwise close before its error is read.
      const send = (): void => {
        this.#held = undefined;
        stream.uncork();
      };
      if (this.status === 'ready') setImmediate(send);
      else process.nextTick(send);
    }
    return super.sendCommand(...args);
  }
}
