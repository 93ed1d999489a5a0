import { onFreePort } from '../on-free-port.ts';
import { startProgram } from '../../processes/program.ts';
import { type LocalService, PortTakenError, type ServiceOptions, warnOfUnexpectedEnd } from '../service.ts';
import { isPortFree } from '../free-port.ts';

export interface JavaService extends LocalService {
  /** Of the Java program itself. */
  readonly pid: number;
}

export interface JavaProgram {
  /** How messages call it. */
  readonly name: string;
  /** The `java` to run it with. */
  readonly java: string;
  /** What `java` is given so that it listens on a port of 127.0.0.1, over HTTP. */
  readonly args: (port: number) => readonly string[];
  readonly env?: Record<string, string>;
}

/** Starts a Java program under a supervisor that lives no longer than this process. */
export async function startJavaService(
  { name, java, args, env }: JavaProgram,
  options: ServiceOptions,
): Promise<JavaService> {
  return await onFreePort(name, options.port, async (port) => {
    // Else the answers of the other program would be taken for those of this one.
    if (!(await isPortFree(port))) throw new PortTakenError(name, port);
    const supervisor = startProgram({
      name,
      main: new URL('./java-process.ts', import.meta.url),
      args: [`--java=${java}`, `--url=http://127.0.0.1:${port}/`, '--', ...args(port)],
      env,
      onUnexpectedEnd: options.onUnexpectedEnd ?? warnOfUnexpectedEnd,
    });
    let pid: number;
    try {
      pid = Number((await supervisor.line(/^pid (\d+)$/))[1]);
      // Nothing else ends the program of a supervisor that was killed.
      void supervisor.ended.then((how) => how === 0 || killIfRunning(pid));
      await supervisor.line(/^ready$/);
    } catch (error) {
      await supervisor.stop();
      throw error;
    }
    return {
      host: '127.0.0.1',
      port,
      pid,
      stop: () => supervisor.stop(),
      [Symbol.asyncDispose]: () => supervisor.stop(),
    };
  });
}

function killIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already, as it should be.
  }
}
