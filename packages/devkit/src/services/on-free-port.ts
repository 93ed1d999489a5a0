import { messageOf } from '@migrator/core';

import { freePort, isPortFree } from './free-port.ts';
import { PortTakenError } from './service.ts';

const attempts = 5;
const addressInUse = /address already in use|EADDRINUSE/i;

/**
 * Starts a service on the chosen port, or on a free one; tries another one if a program has taken it meanwhile. Throws
 * `PortTakenError` if the chosen port is taken.
 */
export async function onFreePort<T>(
  service: string,
  chosenPort: number | undefined,
  start: (port: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const port = chosenPort ?? (await freePort());
    try {
      return await start(port);
    } catch (error) {
      // The port may be free again: another program that checks for a free port takes it for a moment.
      if (!addressInUse.test(messageOf(error)) && (await isPortFree(port))) throw error;
      if (chosenPort !== undefined) throw new PortTakenError(service, chosenPort);
      if (attempt === attempts) throw error;
    }
  }
}
