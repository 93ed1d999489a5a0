import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startSupervised } from '../../processes/supervised.ts';
import { isPortFree } from '../free-port.ts';
import { onFreePort } from '../on-free-port.ts';
import { type LocalService, PortTakenError, type ServiceOptions, warnOfUnexpectedEnd } from '../service.ts';

export interface JavaService extends LocalService {
  readonly pid: number;
}

export interface JavaProgram {
  /** Its name in messages. */
  readonly name: string;
  readonly java: string;
  /** Arguments that make it listen on a port of 127.0.0.1, over HTTP. */
  readonly args: (port: number) => readonly string[];
  readonly env?: Record<string, string>;
}

/** Starts a Java program that ends with this process. */
export async function startJavaService(
  { name, java, args, env }: JavaProgram,
  options: ServiceOptions,
): Promise<JavaService> {
  return await onFreePort(name, options.port, async (port) => {
    // Else responses of another program would be taken for this one's.
    if (!(await isPortFree(port))) throw new PortTakenError(name, port);
    const folder = await mkdtemp(join(tmpdir(), 'local-java-'));
    const { pid, stop } = await startSupervised({
      name,
      command: [java, `-Djava.io.tmpdir=${folder}`, ...args(port)],
      flags: [`--folder=${folder}`, `--ready-url=http://127.0.0.1:${port}/`, '--end-at-once'],
      env,
      onUnexpectedEnd: options.onUnexpectedEnd ?? warnOfUnexpectedEnd,
    });
    return { host: '127.0.0.1', port, pid, stop, [Symbol.asyncDispose]: stop };
  });
}
