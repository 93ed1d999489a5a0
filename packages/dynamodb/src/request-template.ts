import { hash } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HmacSha256 } from './hmac-sha256.ts';

export interface SigningKey {
  readonly credentials: Awaited<ReturnType<DynamoDBClient['config']['credentials']>>;
  /** Day, region and service. */
  readonly scope: string;
  readonly bytes: Uint8Array;
}

export interface RequestKind {
  readonly host: string;
  /** The path, escaped as AWS signs it. */
  readonly path: string;
  readonly action: string;
  /** The time, to the second. */
  readonly date: string;
  readonly key: SigningKey;
}

const contentType = 'application/x-amz-json-1.0';
const algorithm = 'AWS4-HMAC-SHA256';
/** The length of a hash in hex. */
const hashLength = 64;
/** The placeholder of a hash. */
const gap = '-'.repeat(hashLength);
/** The positions of the headers whose values differ for each request. */
const bodyHashAt = 1;
const authorizationAt = 3;

/**
 * Signs requests that differ only in their bodies. The hashed text is written once, with gaps for the hashes of the
 * body and of the request. Each signature fills the gaps and allocates little but its headers: a quarter of the
 * garbage of joining strings. It is synchronous, so signatures can't interfere.
 */
export class RequestTemplate {
  readonly date: string;
  readonly key: SigningKey;
  readonly #headers: readonly string[];
  /** The header without the signature. */
  readonly #authorization: string;
  /** The canonical request, with the body's hash among the headers and at the end. */
  readonly #request: Buffer;
  readonly #headerGap: number;
  readonly #endGap: number;
  /** The HMAC of AWS's string to sign, with the request's hash at its end. */
  readonly #signature: HmacSha256;
  readonly #requestGap: number;

  constructor({ host, path, action, date, key }: RequestKind) {
    this.date = date;
    this.key = key;
    const { credentials, scope, bytes } = key;
    const { accessKeyId, sessionToken: token } = credentials;
    const target = `DynamoDB_20120810.${action}`;
    const tokenName = token === undefined ? '' : 'x-amz-security-token;';
    const names = `content-type;host;x-amz-content-sha256;x-amz-date;${tokenName}x-amz-target`;
    this.#authorization = `${algorithm} Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=`;
    this.#headers = Object.entries({
      'x-amz-content-sha256': '',
      authorization: '',
      host,
      'content-type': contentType,
      'x-amz-target': target,
      'x-amz-date': date,
      ...(token === undefined ? {} : { 'x-amz-security-token': token }),
    }).flat();

    const start = `POST\n${path}\n\ncontent-type:${contentType}\nhost:${host}\nx-amz-content-sha256:`;
    const tokenLine = token === undefined ? '' : `x-amz-security-token:${token}\n`;
    const rest = `\nx-amz-date:${date}\n${tokenLine}x-amz-target:${target}\n\n${names}\n`;
    this.#request = Buffer.from(`${start}${gap}${rest}${gap}`);
    this.#headerGap = Buffer.byteLength(start);
    this.#endGap = this.#request.length - hashLength;

    const toSign = Buffer.from(`${algorithm}\n${date}\n${scope}\n${gap}`);
    this.#signature = new HmacSha256(bytes, toSign.length);
    this.#signature.message.set(toSign);
    this.#requestGap = toSign.length - hashLength;
  }

  /** The headers of a request with this body; names and values alternate. */
  sign(body: Buffer): string[] {
    const bodyHash = hash('sha256', body, 'hex');
    this.#request.write(bodyHash, this.#headerGap, 'latin1');
    this.#request.write(bodyHash, this.#endGap, 'latin1');
    const requestHash = hash('sha256', this.#request, 'hex');
    this.#signature.message.write(requestHash, this.#requestGap, 'latin1');

    const headers = this.#headers.slice();
    headers[bodyHashAt] = bodyHash;
    headers[authorizationAt] = this.#authorization + this.#signature.digest();
    return headers;
  }
}
