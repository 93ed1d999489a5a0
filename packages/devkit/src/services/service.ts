/** What every local service can do, however it runs. All of them listen on 127.0.0.1 only. */
export interface LocalService extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Ends the service and removes what it left on disk. A second call waits for the first. */
  stop(): Promise<void>;
}

/** What every service can be started with. */
export interface ServiceOptions {
  /** The port on 127.0.0.1; a free one if it is left out. */
  port?: number;
  /** Called once when the service ends although nobody asked it to; by default it becomes a process warning. */
  onUnexpectedEnd?: (error: ServiceEndedError) => void;
}

/** A service ended although nobody asked it to. */
export class ServiceEndedError extends Error {
  override readonly name = 'ServiceEndedError';
}

/** The port that the caller chose belongs to another program. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly port: number;

  constructor(service: string, port: number) {
    super(`${service} can't listen on 127.0.0.1:${port}: the port is taken. Choose another or leave it out.`);
    this.port = port;
  }
}
