import type { OperationKind } from '@migrator/core';

/**
 * Redis stores a small hash as a listpack: up to 128 fields of at most 64 bytes by default. A million tasks give 61
 * to a bucket, so that even full buckets stay below that, and the keys take little memory.
 */
export const bucketCount = 16_384;

/**
 * The keys of the ledger. All share the prefix, so with a prefix in braces they share a slot of a cluster.
 *
 * - `version`: of all records under the prefix (record-version.ts)
 * - `lock`: hash; `id` and `control` of the operation that holds the operation lock, `last`: the last start in milliseconds
 * - `ops:<kind>`: sorted set of ids by start
 * - `op:<id>`: hash, the operation (operation-record.ts)
 * - `op:<id>:u:<bucket>`: hash, records of tasks (lua/includes/task-records.lua); `op:<id>:used`: bitmap of the buckets there are
 * - `leases`: sorted set of the outstanding leases of all operations (lua/includes/leases.lua)
 * - `op:<id>:issues`: hash of the kept issues; `…:order`: sorted set by arrival; `…:index`: sorted set for ranges by task
 * - `op:<id>:listed`: sorted set of the listed entries (lua/includes/listed-entries.lua)
 */
export class LedgerKeys {
  readonly version: string;
  readonly lock: string;
  readonly leases: string;
  readonly #root: string;

  constructor(prefix: string) {
    this.#root = `${prefix}:ledger`;
    this.version = `${this.#root}:version`;
    this.lock = `${this.#root}:lock`;
    this.leases = `${this.#root}:leases`;
  }

  byStart(kind: OperationKind): string {
    return `${this.#root}:ops:${kind}`;
  }

  operation(id: string): string {
    return `${this.#root}:op:${id}`;
  }

  bucket(id: string, bucket: number): string {
    return `${this.operation(id)}:u:${bucket}`;
  }

  usedBuckets(id: string): string {
    return `${this.operation(id)}:used`;
  }

  /** The keys of a script for one task, in the order of lua/includes/task-keys.lua. */
  task(id: string, task: string): string[] {
    const bucket = this.bucket(id, bucketOf(task));
    const operation = [this.operation(id), this.lock, bucket, this.usedBuckets(id)];
    return [...operation, ...this.issues(id), this.leases, this.listed(id)];
  }

  issues(id: string): [all: string, order: string, index: string] {
    const issues = `${this.operation(id)}:issues`;
    return [issues, `${issues}:order`, `${issues}:index`];
  }

  listed(id: string): string {
    return `${this.operation(id)}:listed`;
  }

  /** The keys followed by each bucket once, and the tasks as the argument list of scripts for many tasks. */
  withBuckets(
    id: string,
    first: readonly string[],
    tasks: readonly string[],
  ): { keys: string[]; args: (string | number)[] } {
    const keys = [...first];
    const places = new Map<number, number>();
    const args: (string | number)[] = [tasks.length];
    for (const task of tasks) {
      const bucket = bucketOf(task);
      const place = places.get(bucket) ?? keys.push(this.bucket(id, bucket));
      places.set(bucket, place);
      args.push(bucket, place, fieldOf(task));
    }
    return { keys, args };
  }
}

/** The bucket of a task: FNV-1a, folded. */
export function bucketOf(task: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < task.length; index++) {
    hash = Math.imul(hash ^ task.charCodeAt(index), 0x01000193);
  }
  return (hash ^ (hash >>> 14) ^ (hash >>> 28)) & (bucketCount - 1);
}

const userPrefix = 'user:';

/** The field of a task in its bucket, shortened: `user:` would take four bytes more than `:` for each user. */
export function fieldOf(task: string): string {
  return task.startsWith(userPrefix) ? task.slice(userPrefix.length - 1) : task;
}

export function taskOfField(field: string): string {
  return field.startsWith(':') ? userPrefix + field.slice(1) : field;
}

/** The numbers of the buckets whose bit is set, as Redis counts bits: from the highest of each byte. */
export function bucketsOf(bitmap: Uint8Array): number[] {
  const buckets: number[] = [];
  for (const [index, byte] of bitmap.entries()) {
    for (let bit = 0; bit < 8; bit++) if ((byte & (0x80 >> bit)) !== 0) buckets.push(index * 8 + bit);
  }
  return buckets;
}

/** How many tasks or keys one step handles, so that no script blocks Redis for long. */
const chunkSize = 500;

export function chunksOf<T>(all: readonly T[]): T[][] {
  const chunks: T[][] = [];
  for (let index = 0; index < all.length; index += chunkSize)
    chunks.push(all.slice(index, index + chunkSize));
  return chunks;
}
