import { createHash } from 'node:crypto';
import type { RedisConnection } from '../connect-redis.ts';

export interface Script {
  readonly source: string;
  readonly sha: string;
}

/** Puts a script together from the functions it uses and its own lines. */
export function script(...parts: readonly string[]): Script {
  const source = parts.join('\n');
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
    // Redis was started anew, or its scripts were flushed; nothing has run.
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    reply = await redis.eval(source, keys.length, ...keys, ...args);
  }
  return Array.isArray(reply) ? reply.map(String) : [String(reply)];
}
