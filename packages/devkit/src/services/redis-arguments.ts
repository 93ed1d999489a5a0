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
