import type { Dispatcher } from 'undici';

export interface HttpAnswer {
  readonly status: number;
  readonly date: string | undefined;
  readonly crc32: string | undefined;
  readonly body: Buffer;
}

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/**
 * One POST, with undici's events taken as they are: its `request` makes a stream, an async resource and a promise for
 * the body beside the one for the answer, a third of the time that a call takes here. Rejects with the network's error,
 * or with the signal's reason as soon as that aborts.
 */
export async function post(
  dispatcher: Dispatcher,
  path: string,
  headers: string[],
  body: Buffer,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  const answer = new Answer();
  const abort = (): void => answer.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    if (signal?.aborted === true) abort();
    else dispatcher.dispatch({ method: 'POST', path, headers, body }, answer);
    return await answer.promise;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

class Answer implements Dispatcher.DispatchHandler {
  readonly promise: Promise<HttpAnswer>;
  readonly #chunks: Buffer[] = [];
  #resolve!: (answer: HttpAnswer) => void;
  #reject!: (reason: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #isAborted = false;
  #status = 0;
  #headers: Headers = {};

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  abort(reason: unknown): void {
    this.#isAborted = true;
    this.#reject(reason);
    this.#controller?.abort(asError(reason));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It waited for a connection until now.
    if (this.#isAborted) controller.abort(asError('aborted before it began'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    this.#resolve({
      status: this.#status,
      date: single(this.#headers['date']),
      crc32: single(this.#headers['x-amz-crc32']),
      body: first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks),
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
