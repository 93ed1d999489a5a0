import { type Channel, type Metadata, status, type StatusObject } from '@grpc/grpc-js';
import { abortedError } from '@migrator/core';
import { sourceError } from './source-errors.ts';

type RunningCall = ReturnType<InstanceType<typeof Channel>['createCall']>;

interface Reader {
  onMessage(message: Buffer): boolean;
  /** Whether the answer was complete. */
  resolve(complete: boolean): void;
  reject(error: unknown): void;
}

/**
 * The listener of one streaming call. Passes each message to `onMessage`, until that returns false, which ends the
 * call, or the response is complete.
 *
 * At the end it drops its callbacks. The objects of a call often reach the old generation, where they stay until a
 * full collection. Without that, the reader's page of documents would stay as long.
 */
export class StreamedAnswer {
  readonly #running: RunningCall;
  readonly #path: string;
  readonly #signal: AbortSignal | undefined;
  #reader: Reader | undefined;

  private constructor(running: RunningCall, path: string, signal: AbortSignal | undefined, reader: Reader) {
    this.#running = running;
    this.#path = path;
    this.#signal = signal;
    this.#reader = reader;
  }

  /** Sends the request and resolves with whether the response was complete. Rejects with a MigrationError. */
  static of(
    running: RunningCall,
    call: {
      readonly request: Buffer;
      readonly metadata: Metadata;
      /** The path that is read, for messages. */
      readonly path: string;
      readonly signal?: AbortSignal | undefined;
    },
    onMessage: (message: Buffer) => boolean,
  ): Promise<boolean> {
    const { request, metadata, path, signal } = call;
    return new Promise<boolean>((resolve, reject) => {
      const answer = new StreamedAnswer(running, path, signal, { onMessage, resolve, reject });
      running.start(metadata, answer);
      running.sendMessageWithContext({}, request);
      running.halfClose();
      running.startRead();
      signal?.addEventListener('abort', answer.#abort, { once: true });
      if (signal?.aborted === true) answer.#abort();
    });
  }

  onReceiveMetadata(): void {}

  onReceiveMessage(message: Buffer): void {
    if (this.#reader === undefined) return;
    try {
      if (this.#reader.onMessage(message)) {
        this.#running.startRead();
        return;
      }
      this.#settle()?.resolve(false);
    } catch (error) {
      this.#settle()?.reject(sourceError(error, this.#path));
    }
    this.#cancel();
  }

  /** Also called for a cancelled call. */
  onReceiveStatus(end: StatusObject): void {
    const reader = this.#settle();
    if (end.code === status.OK) reader?.resolve(true);
    else reader?.reject(sourceError(end, this.#path));
  }

  readonly #abort = (): void => {
    this.#settle()?.reject(abortedError(`read ${this.#path}`, this.#signal));
    this.#cancel();
  };

  /** Returns the callbacks for the end, once. */
  #settle(): Reader | undefined {
    const reader = this.#reader;
    this.#reader = undefined;
    this.#signal?.removeEventListener('abort', this.#abort);
    return reader;
  }

  #cancel(): void {
    this.#running.cancelWithStatus(status.CANCELLED, 'Cancelled on client');
  }
}
