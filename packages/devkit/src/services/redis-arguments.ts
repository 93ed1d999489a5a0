export interface RedisArguments {
  port: number;
  bind: string;
  dir: string;
  appendOnly: boolean;
}

/** Arguments of a redis-server that evicts nothing, and keeps its data only in its append-only file if it has one. */
export function redisArguments({ port, bind, dir, appendOnly }: RedisArguments): string[] {
  const settings: [name: string, value: string][] = [
    ['port', String(port)],
    ['bind', bind],
    ['dir', dir],
    ['maxmemory-policy', 'noeviction'],
    ['save', ''],
    ['appendonly', appendOnly ? 'yes' : 'no'],
  ];
  return settings.flatMap(([name, value]) => [`--${name}`, value]);
}

/** What redis-server logs when it takes commands. */
export const REDIS_READY = 'Ready to accept connections';

/** What a sentinel logs when it watches its primary. */
export const SENTINEL_READY = '+monitor master';
