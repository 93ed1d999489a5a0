import { createHash } from 'node:crypto';

import type { RedisConnection } from './primary-redis.ts';
import { luaFiles } from './lua-files.ts';

export interface Script {
  readonly source: string;
  readonly sha: string;
}

const includeLine = /^--- @include "(.+)"\n/gm;

/** The script `lua/<name>.lua`, with each included file inserted once, at its first `@include`. */
export function loadScript(name: string): Script {
  const included = new Set<string>();
  const resolve = (path: string): string => {
    if (included.has(path)) return '';
    included.add(path);
    const text = luaFiles.get(path);
    if (text === undefined) throw new Error(`There is no lua/${path}.lua`);
    return text.replaceAll(includeLine, (_, inner: string) => resolve(inner));
  };
  const source = resolve(name);
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}

/** Runs a script, by its hash if Redis has it cached. Returns the texts of its result. */
export async function runScript(
  redis: RedisConnection,
  { source, sha }: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<string[]> {
  let reply: unknown;
  try {
    reply = await redis.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    // Redis was restarted, or its script cache was flushed; nothing was executed.
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    reply = await redis.eval(source, keys.length, ...keys, ...args);
  }
  return Array.isArray(reply) ? reply.map(String) : [String(reply)];
}
