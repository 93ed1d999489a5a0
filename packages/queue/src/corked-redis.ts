import { Redis } from 'ioredis';

/**
 * One that writes to its socket once a tick: a write for each command costs as much as the command, and jobs whose answers
 * come together send what follows together. Nothing is held beyond the tick, and nothing else changes: to ioredis a command
 * is under way as soon as the socket has it, and goes down with the socket.
 */
export class CorkedRedis extends Redis {
  #held: Redis['stream'] | undefined;

  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    // None before the first connection, and another one with each.
    const stream: Redis['stream'] | undefined = this.stream;
    if (stream !== undefined && stream !== this.#held) {
      this.#held = stream;
      stream.cork();
      process.nextTick(() => {
        this.#held = undefined;
        stream.uncork();
      });
    }
    return super.sendCommand(...args);
  }
}
