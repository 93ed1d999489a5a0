import { Redis } from 'ioredis';

/**
 * One that writes to its socket once a turn of the event loop: a write for each command costs as much as the command, and
 * jobs whose answers come together, from whichever service, send what follows together. Nothing is held beyond the turn,
 * and nothing else changes: to ioredis a command is under way as soon as the socket has it, and goes down with the socket.
 */
export class CorkedRedis extends Redis {
  #held: Redis['stream'] | undefined;

  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    // None before the first connection, and another one with each.
    const stream: Redis['stream'] | undefined = this.stream;
    if (stream !== undefined && stream !== this.#held) {
      this.#held = stream;
      stream.cork();
      // What gets a connection ready goes at once: a server that then refuses it would close before it is read why.
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
