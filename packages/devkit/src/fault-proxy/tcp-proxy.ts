import { connect, createServer, type Socket } from 'node:net';

import { listenOnLoopback } from '../listen.ts';
import { FaultPlan, type FaultPlanOptions } from './fault-plan.ts';

/**
 * `refuse`: a new connection is reset at once. `reset`: in the middle of a response. `delay`: responses wait for up to
 * half a second. `hang`: no more data is forwarded, and the connection stays open.
 */
export type TcpFault = 'refuse' | 'reset' | 'delay' | 'hang';

export interface TcpProxyOptions {
  readonly target: { readonly host: string; readonly port: number };
  /** Shares of connections for `refuse`, of chunks of responses for the others. None by default. */
  readonly faults?: FaultPlanOptions<TcpFault>;
  /** A fixed port instead of a free one. */
  readonly port?: number;
}

export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  readonly faults: FaultPlan<TcpFault>;
  /** Ends all connections and refuses new ones, for `ms` milliseconds or until `restore`. */
  cut(ms?: number): void;
  /**
   * Like a pulled cable, for `ms` milliseconds or until `restore`: no data is forwarded, and neither end notices. Data
   * that is sent meanwhile arrives afterwards, also from a peer that has disconnected.
   */
  silence(ms?: number): void;
  restore(): void;
  /** Ends the open connections; new ones are accepted. */
  resetAll(): void;
}

const delayMs = 500;

/** A TCP proxy in front of any service that injects faults. */
export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const faults = new FaultPlan<TcpFault>(options.faults ?? { seed: 0, perThousand: {} });
  const open = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let connections = 0;
  let isCut = false;
  let isSilent = false;

  const pauseUntilDrained = (from: Socket, to: Socket): void => {
    from.pause();
    to.once('drain', () => {
      if (!isSilent) from.resume();
    });
  };

  const later = (ms: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    connections += 1;
    const number = connections;
    client.on('error', () => client.destroy());
    if (isCut || faults.next(`connection ${number}`, ['refuse']) !== undefined) {
      client.resetAndDestroy();
      return;
    }
    const service = connect({ ...options.target, allowHalfOpen: true });
    let isHanging = false;
    let pieces = 0;
    for (const [one, other] of [
      [client, service],
      [service, client],
    ] as const) {
      open.add(one);
      one.setNoDelay(true);
      // Before a `data` listener is added, which would start the flow.
      if (isSilent) one.pause();
      one.on('error', () => other.destroy());
      one.once('close', () => {
        open.delete(one);
        if (!isHanging || one === client) other.destroy();
      });
    }
    client.on('data', (piece: Buffer) => {
      if (!isHanging && !service.write(piece)) pauseUntilDrained(client, service);
    });
    client.on('end', () => service.end());
    service.on('data', (piece: Buffer) => {
      if (isHanging) return;
      pieces += 1;
      const fault = faults.next(`answer ${number}.${pieces}`, ['reset', 'delay', 'hang']);
      switch (fault?.kind) {
        case 'reset':
          client.write(piece.subarray(0, Math.floor(piece.length * fault.at)), () =>
            client.resetAndDestroy(),
          );
          return;
        case 'hang':
          isHanging = true;
          return;
        case 'delay':
          service.pause();
          later(fault.at * delayMs, () => {
            if (!isSilent) service.resume();
          });
          break;
        default:
      }
      if (!client.write(piece)) pauseUntilDrained(service, client);
    });
    service.on('end', () => {
      if (!isHanging) client.end();
    });
  });
  const port = await listenOnLoopback(server, options.port);

  const resetAll = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  const restore = (): void => {
    isCut = false;
    if (!isSilent) return;
    isSilent = false;
    for (const socket of open) socket.resume();
  };
  return {
    port,
    faults,
    cut(ms) {
      isCut = true;
      resetAll();
      if (ms !== undefined) later(ms, restore);
    },
    silence(ms) {
      isSilent = true;
      for (const socket of open) socket.pause();
      if (ms !== undefined) later(ms, restore);
    },
    restore,
    resetAll,
    [Symbol.asyncDispose]: async () => {
      for (const timer of timers) clearTimeout(timer);
      isCut = true;
      resetAll();
      await server[Symbol.asyncDispose]();
    },
  };
}
