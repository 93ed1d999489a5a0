import { hash } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from './sha256.ts';

type Credentials = Awaited<ReturnType<DynamoDBClient['config']['credentials']>>;

const contentType = 'application/x-amz-json-1.0';
const service = 'dynamodb';
const algorithm = 'AWS4-HMAC-SHA256';

/**
 * Signs DynamoDB's calls as AWS's own signer does. It is AWS's signer that makes the signature, with the SDK's
 * credentials; only the text to be signed is written here, because all requests have the same few headers in the same
 * order and nothing has to be looked for, copied and sorted: 12 µs a request instead of 36.
 */
export class RequestSigner {
  readonly #client: DynamoDBClient;
  readonly #host: string;
  readonly #path: string;
  readonly #region: string;
  #credentials: Credentials | undefined;
  #signer: SignatureV4 | undefined;
  /** The second that the two texts below are of. */
  #second = Number.NaN;
  #longDate = '';
  #scope = '';

  private constructor(client: DynamoDBClient, url: URL, region: string) {
    this.#client = client;
    this.#host = url.host;
    this.#path = canonicalPath(url.pathname);
    this.#region = region;
  }

  /** For calls to this address. Throws as the SDK does where no region is named. */
  static async for(client: DynamoDBClient, url: URL): Promise<RequestSigner> {
    return new RequestSigner(client, url, await client.config.region());
  }

  /** The headers of a POST of this body, names and values in turns. `time`: milliseconds since 1970. */
  async sign(action: string, body: Buffer, time: number): Promise<string[]> {
    const credentials = await this.#client.config.credentials();
    const signer = this.#signerWith(credentials);
    this.#tell(time);
    const date = this.#longDate;
    const scope = this.#scope;
    const target = `DynamoDB_20120810.${action}`;
    const token = credentials.sessionToken;
    const bodyHash = hash('sha256', body, 'hex');
    const tokenLine = token === undefined ? '' : `x-amz-security-token:${token}\n`;
    const names = `content-type;host;x-amz-content-sha256;x-amz-date;${token === undefined ? '' : 'x-amz-security-token;'}x-amz-target`;
    const request =
      `POST\n${this.#path}\n\ncontent-type:${contentType}\nhost:${this.#host}\nx-amz-content-sha256:${bodyHash}\n` +
      `x-amz-date:${date}\n${tokenLine}x-amz-target:${target}\n\n${names}\n${bodyHash}`;
    const signature = await signer.sign(`${algorithm}\n${date}\n${scope}\n${hash('sha256', request, 'hex')}`, {
      signingDate: new Date(this.#second),
      signingRegion: this.#region,
    });
    const headers = [
      ...['host', this.#host, 'content-type', contentType, 'x-amz-target', target, 'x-amz-date', date],
      ...['x-amz-content-sha256', bodyHash, 'authorization'],
      `${algorithm} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    ];
    if (token !== undefined) headers.push('x-amz-security-token', token);
    return headers;
  }

  /** One signer for as long as the credentials are the same: token and signature always belong together. */
  #signerWith(credentials: Credentials): SignatureV4 {
    if (this.#signer !== undefined && credentials === this.#credentials) return this.#signer;
    this.#credentials = credentials;
    this.#signer = new SignatureV4({
      credentials,
      region: this.#region,
      service,
      sha256: Sha256,
    });
    return this.#signer;
  }

  #tell(time: number): void {
    const second = Math.floor(time / 1_000) * 1_000;
    if (second === this.#second) return;
    this.#second = second;
    this.#longDate = `${new Date(second).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    this.#scope = `${this.#longDate.slice(0, 8)}/${this.#region}/${service}/aws4_request`;
  }
}

/** A URL's path is escaped already; AWS wants it escaped once more. */
function canonicalPath(path: string): string {
  const escaped = encodeURIComponent(path.replaceAll(/\/{2,}/g, '/'));
  return escaped
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/');
}
