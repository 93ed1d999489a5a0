import { type Lease, withRetries } from '@migrator/core';
import type { DynamoDbTargetOptions } from './options.ts';
import type { SignedTransport } from './signed-transport.ts';
import { jsonBody } from './requests.ts';

interface TagsPage {
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
  readonly NextToken?: string;
}

/** The table's tags. A write replaces the tag of the same key. DynamoDB returns a new tag only after a short delay. */
export class TableTags {
  readonly #transport: SignedTransport;
  readonly #arn: (signal: AbortSignal | undefined) => Promise<string>;
  readonly #options: DynamoDbTargetOptions;

  constructor(
    transport: SignedTransport,
    arn: (signal: AbortSignal | undefined) => Promise<string>,
    options: DynamoDbTargetOptions,
  ) {
    this.#transport = transport;
    this.#arn = arn;
    this.#options = options;
  }

  async read(prefix: string, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, string>> {
    const arn = await this.#arn(signal);
    const found = new Map<string, string>();
    let next: string | undefined;
    do {
      const body = jsonBody({ ResourceArn: arn, NextToken: next });
      const { json } = await this.#retrying('ListTagsOfResource', signal, () =>
        this.#transport.send({ action: 'ListTagsOfResource', body, signal }),
      );
      const page = json as TagsPage;
      for (const { Key, Value } of page.Tags ?? []) if (Key.startsWith(prefix)) found.set(Key, Value);
      next = page.NextToken;
    } while (next !== undefined);
    return found;
  }

  async write(key: string, value: string, lease: Lease, signal: AbortSignal | undefined): Promise<void> {
    const body = jsonBody({ ResourceArn: await this.#arn(signal), Tags: [{ Key: key, Value: value }] });
    await this.#retrying('TagResource', signal, () =>
      // A successful response is empty.
      this.#transport.send({ action: 'TagResource', body, lease, signal, read: () => ({}) }),
    );
  }

  #retrying<T>(action: string, signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    const { tableName, onRetry } = this.#options;
    return withRetries(call, { operation: `${action} on table "${tableName}"`, signal, onRetry });
  }
}
