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
 * What comes of one streaming call: each message is handed over as it comes, until `onMessage` returns false, which ends the
 * call, or the answer is complete.
 *
 * When it is over it lets go of whom it told. What a call consists of is often older than a collection of the young, and
 * then lasts until one of the whole heap; all that the reader has kept of the answer, a page of documents, would
 * last as long.
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

  /** Sends the request and resolves with whether the answer was complete. Rejects with a MigrationError. */
  static of(
    running: RunningCall,
    call: {
      readonly request: Buffer;
      readonly metadata: Metadata;
      /** What is read, for messages. */
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

  /** A cancelled call tells so here, too. */
  onReceiveStatus(end: StatusObject): void {
    const reader = this.#settle();
    if (end.code === status.OK) reader?.resolve(true);
    else reader?.reject(sourceError(end, this.#path));
  }

  readonly #abort = (): void => {
    this.#settle()?.reject(abortedError(`read ${this.#path}`, this.#signal));
    this.#cancel();
  };

  /** Who is to be told of the end, once. */
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
