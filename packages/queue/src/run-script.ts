import { createHash } from 'node:crypto';

import type { RedisConnection } from './primary-redis.ts';
import { luaFiles } from './lua-files.ts';

export interface Script {
  readonly source: string;
  readonly sha: string;
}

const includeLine = /^--- @include "(.+)"\n/gm;

/** The script `lua/<name>.lua`, with each file that it includes once, in place of the line that first asks for it. */
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

/** Runs a script, by its hash where Redis knows it already. Answers with the texts that it returns. */
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
    // Redis was restarted, or its scripts were flushed; nothing has run.
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    reply = await redis.eval(source, keys.length, ...keys, ...args);
  }
  return Array.isArray(reply) ? reply.map(String) : [String(reply)];
}
