import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { getSigningKey } from '@smithy/signature-v4';
import { RequestTemplate, type SigningKey } from './request-template.ts';
import { Sha256 } from './sha256.ts';

type Credentials = SigningKey['credentials'];

const service = 'dynamodb';

/**
 * Signs DynamoDB's calls with the same bytes as AWS's signer (its test compares the two), with the SDK's credentials
 * and AWS's key derivation. All requests have the same few headers in the same order. So nothing has to be searched,
 * copied or sorted, and a dozen promises are not needed, which saves a tenth of the CPU.
 */
export class RequestSigner {
  readonly #client: DynamoDBClient;
  readonly #host: string;
  readonly #path: string;
  readonly #region: string;
  /** The last template of each action; it is valid for one second. */
  readonly #templates = new Map<string, RequestTemplate>();
  #key: SigningKey | undefined;
  /** The second of the two texts below. */
  #second = Number.NaN;
  #longDate = '';
  #scope = '';

  private constructor(client: DynamoDBClient, url: URL, region: string) {
    this.#client = client;
    this.#host = url.host;
    this.#path = canonicalPath(url.pathname);
    this.#region = region;
  }

  /** A signer for calls to this URL. Rejects like the SDK if no region is configured. */
  static async for(client: DynamoDBClient, url: URL): Promise<RequestSigner> {
    return new RequestSigner(client, url, await client.config.region());
  }

  /** The headers of a POST of this body; names and values alternate. `time`: milliseconds since 1970. */
  sign(action: string, body: Buffer, time: number): string[] | Promise<string[]> {
    this.#setTime(time);
    const known = this.#key;
    // Cached, because the SDK's provider needs promises for each request. Renewed before they expire.
    if (known?.scope === this.#scope && known.credentials.expiration === undefined)
      return this.#signWith(known, this.#longDate, action, body);
    return this.#fetchKeyAndSign(action, body, time);
  }

  /** Requests the credentials again with the next call. */
  forget(): void {
    this.#key = undefined;
  }

  async #fetchKeyAndSign(action: string, body: Buffer, time: number): Promise<string[]> {
    const credentials = await this.#client.config.credentials();
    this.#setTime(time);
    // The time may change while the key is derived.
    const date = this.#longDate;
    const scope = this.#scope;
    const known = this.#key;
    const key =
      known?.credentials === credentials && known.scope === scope
        ? known
        : await this.#derive(credentials, scope);
    return this.#signWith(key, date, action, body);
  }

  #signWith(key: SigningKey, date: string, action: string, body: Buffer): string[] {
    let template = this.#templates.get(action);
    if (template?.key !== key || template.date !== date) {
      template = new RequestTemplate({ host: this.#host, path: this.#path, action, date, key });
      this.#templates.set(action, template);
    }
    return template.sign(body);
  }

  /** Derives the key, once for each day and for new credentials. */
  async #derive(credentials: Credentials, scope: string): Promise<SigningKey> {
    const day = scope.slice(0, 8);
    const bytes = await getSigningKey(Sha256, credentials, day, this.#region, service);
    const key: SigningKey = { credentials, scope, bytes };
    this.#key = key;
    return key;
  }

  #setTime(time: number): void {
    const second = Math.floor(time / 1_000) * 1_000;
    if (second === this.#second) return;
    this.#second = second;
    this.#longDate = `${new Date(second).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    this.#scope = `${this.#longDate.slice(0, 8)}/${this.#region}/${service}/aws4_request`;
  }
}

/** A URL's path is escaped already; AWS requires it escaped twice. */
function canonicalPath(path: string): string {
  const escaped = encodeURIComponent(path.replaceAll(/\/{2,}/g, '/'));
  return escaped
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/');
}
