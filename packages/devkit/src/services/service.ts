import { type ProgramError, type ProgramOptions, startProgram } from '../processes/program.ts';
import { isPortFree } from './free-port.ts';

/** A local service, in a process or a container. Listens on 127.0.0.1 only. */
export interface LocalService extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Ends the service and removes what it left on disk. A second call waits for the first. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  /** The port on 127.0.0.1; a free one if it is left out. */
  port?: number;
  /** Called once if the service ends unexpectedly; by default it emits a process warning. */
  onUnexpectedEnd?: (error: ProgramError) => void;
}

/** Another program listens on the chosen port. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly port: number;

  constructor(service: string, port: number) {
    super(`${service} can't listen on 127.0.0.1:${port}: the port is taken. Choose another or leave it out.`);
    this.port = port;
  }
}

export function warnOfUnexpectedEnd(error: ProgramError): void {
  process.emitWarning(error);
}

/**
 * Starts a program that takes `--port` and prints where it listens: a line whose first group in `listening` is the port.
 * Throws `PortTakenError` if the chosen port is taken.
 */
export async function startService(
  program: ProgramOptions & { readonly name: string },
  { port: chosenPort, onUnexpectedEnd = warnOfUnexpectedEnd }: ServiceOptions,
  listening: RegExp,
): Promise<LocalService & { readonly pid: number }> {
  const child = startProgram({ ...program, args: ['--port', String(chosenPort ?? 0)], onUnexpectedEnd });
  try {
    const [, port] = await child.line(listening);
    return {
      host: '127.0.0.1',
      port: Number(port),
      pid: child.pid,
      stop: () => child.stop(),
      [Symbol.asyncDispose]: () => child.stop(),
    };
  } catch (error) {
    await child.stop();
    if (chosenPort !== undefined && !(await isPortFree(chosenPort))) {
      throw new PortTakenError(program.name, chosenPort);
    }
    throw error;
  }
}
