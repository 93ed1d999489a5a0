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
  /** How messages call it. */
  readonly name: string;
  readonly java: string;
  /** What `java` is given so that it listens on a port of 127.0.0.1, over HTTP. */
  readonly args: (port: number) => readonly string[];
  readonly env?: Record<string, string>;
}

/** Starts a Java program that lives no longer than this process. */
export async function startJavaService(
  { name, java, args, env }: JavaProgram,
  options: ServiceOptions,
): Promise<JavaService> {
  return await onFreePort(name, options.port, async (port) => {
    // Else the answers of the other program would be taken for those of this one.
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
