import { crc32 } from 'node:zlib';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Lease, MigrationError, abortable, abortedError, parseJson } from '@migrator/core';
import { Pool, ProxyAgent } from 'undici';
import { connectTimeoutMs, resolveEndpoint } from './aws-client.ts';
import { defaultTimeoutMs, type DynamoDbTargetOptions } from './options.ts';
import { post } from './post.ts';
import { proxyFor, trusted } from './proxy.ts';
import { RequestSigner } from './request-signer.ts';
import { mayBeClockSkew, targetError, type ServiceError, toServiceError } from './target-errors.ts';

export type ReadAction = 'GetItem' | 'BatchGetItem' | 'Scan' | 'ListTagsOfResource';
export type WriteAction = 'PutItem' | 'BatchExecuteStatement' | 'DeleteItem' | 'TagResource';

/** A write can't be sent without a lease. */
export type RawRequest = RawCall &
  (
    | { readonly action: ReadAction; readonly lease?: undefined }
    | { readonly action: WriteAction; readonly lease: Lease }
  );

interface RawCall {
  readonly body: Buffer;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the request may continue after the signal aborts; 0 by default. */
  readonly graceMs?: number;
  /** Parses a successful response; undefined if it is invalid. JSON by default. */
  readonly read?: (answer: Buffer) => unknown;
}

export interface RawResponse {
  /** True if a write's condition failed. */
  readonly conditionFailed: boolean;
  /** The parsed response. */
  readonly json: unknown;
}

interface Route {
  readonly origin: string;
  readonly path: string;
  readonly pool: Pool | ProxyAgent;
  readonly signer: RequestSigner;
}

/** AWS's limit is 15 minutes, minus the duration of a request. */
const toleratedSkewMs = 4 * 60_000;

/** Sends DynamoDB's calls with prepared bodies: signed like AWS's signer, over persistent connections. No retries. */
export class SignedTransport {
  readonly #client: DynamoDBClient;
  readonly #options: DynamoDbTargetOptions;
  #route: Promise<Route> | undefined;
  /** The same once it is resolved, so that calls need not await it. */
  #ready: Route | undefined;
  #closed = false;

  constructor(client: DynamoDBClient, options: DynamoDbTargetOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** Sends one call. Rejects with a MigrationError. */
  async send(call: RawRequest): Promise<RawResponse> {
    const { action, body, lease, signal, graceMs, read = parse } = call;
    const attempted = { action, tableName: this.#options.tableName };
    if (this.#isOver(signal)) throw abortedError(action, signal);
    // An early check, before any work. The decisive one is made when the request is sent (post.ts).
    lease?.require();

    let status: number;
    let date: string | undefined;
    let answer: Buffer;
    try {
      const { origin, path, pool, signer } =
        this.#ready ?? (await abortable(this.#findRoute(), action, signal));
      const signed = signer.sign(action, body, Date.now() + this.#client.config.systemClockOffset);
      const headers = Array.isArray(signed) ? signed : await signed;
      const response = await post(pool, { origin, path, headers, body, lease, signal, graceMs });
      ({ status, date, body: answer } = response);
      checkSum(answer, response.crc32);
    } catch (error) {
      if (this.#isOver(signal)) throw abortedError(action, signal);
      if (error instanceof MigrationError) throw error;
      throw targetError(toServiceError(error), attempted);
    }

    const json = status === 200 ? read(answer) : parse(answer);
    if (status === 200 && json !== undefined) return { conditionFailed: false, json };
    const serviceError = readServiceError(status, json, answer);
    if (serviceError.name === 'ConditionalCheckFailedException') return { conditionFailed: true, json };
    if (mayBeClockSkew(serviceError) && this.#correctClock(date)) {
      throw new MigrationError(
        'TARGET_UNAVAILABLE',
        "This machine's clock is wrong; requests are signed with AWS's time instead.",
        { cause: serviceError },
      );
    }
    const error = targetError(serviceError, attempted);
    if (error.code === 'CREDENTIALS_EXPIRED' || error.code === 'CREDENTIALS_REFUSED')
      await this.#renewCredentials();
    throw error;
  }

  /** Closes all connections; calls in flight reject as aborted. */
  async close(): Promise<void> {
    this.#closed = true;
    const route = await this.#route?.catch(() => undefined);
    await route?.pool.destroy();
  }

  #isOver(signal: AbortSignal | undefined): boolean {
    return this.#closed || signal?.aborted === true;
  }

  #findRoute(): Promise<Route> {
    this.#route ??= this.#makeRoute().catch((error: unknown) => {
      this.#route = undefined;
      throw error;
    });
    return this.#route;
  }

  async #makeRoute(): Promise<Route> {
    const { tableName, writeConcurrency = 64, timeoutMs = defaultTimeoutMs } = this.#options;
    const url = await resolveEndpoint(this.#client, tableName);
    const signer = await RequestSigner.for(this.#client, url);
    const tls = trusted(this.#options.caFile);
    const options = {
      connections: writeConcurrency,
      pipelining: 1,
      allowH2: false,
      connect: { timeout: connectTimeoutMs, ...tls },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: 10_000,
    };
    const proxy = proxyFor(url.href);
    const pool =
      proxy === undefined
        ? new Pool(url.origin, options)
        : new ProxyAgent({
            ...options,
            uri: proxy,
            proxyTunnel: true,
            requestTls: options.connect,
            proxyTls: tls,
          });
    this.#ready = { origin: url.origin, path: url.pathname, pool, signer };
    return this.#ready;
  }

  #correctClock(date: string | undefined): boolean {
    const serverTime = Date.parse(date ?? '');
    if (Number.isNaN(serverTime)) return false;
    const { config } = this.#client;
    if (Math.abs(serverTime - Date.now() - config.systemClockOffset) < toleratedSkewMs) return false;
    config.systemClockOffset = serverTime - Date.now();
    return true;
  }

  async #renewCredentials(): Promise<void> {
    this.#ready?.signer.forget();
    try {
      await this.#client.config.credentials({ forceRefresh: true });
    } catch {
      // The service's error says more than that there are no newer credentials.
    }
  }
}

function checkSum(answer: Buffer, expected: string | undefined): void {
  if (expected === undefined || crc32(answer) === Number(expected)) return;
  throw Object.assign(new Error("an answer's checksum is wrong"), { code: 'ChecksumMismatch' });
}

function parse(answer: Buffer): unknown {
  try {
    return parseJson(answer.toString());
  } catch {
    return undefined;
  }
}

function readServiceError(httpStatus: number, json: unknown, answer: Buffer): ServiceError {
  if (typeof json !== 'object' || json === null) {
    return { name: '', message: `HTTP ${httpStatus}: ${answer.toString('utf8', 0, 200)}`, httpStatus };
  }
  const type = '__type' in json ? String(json.__type) : '';
  const message = 'message' in json ? json.message : 'Message' in json ? json.Message : undefined;
  return {
    name: type.slice(type.lastIndexOf('#') + 1),
    message: typeof message === 'string' ? message : `HTTP ${httpStatus}`,
    httpStatus,
  };
}
