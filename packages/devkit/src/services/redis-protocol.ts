export type RedisCommand = 'restart' | 'kill';

/** What the supervisor of a redis-server has to tell, one line each. */
export type RedisEvent =
  | { event: 'ready'; pid: number }
  | { event: 'failed'; reason: string }
  | { event: 'killed' }
  | { event: 'ended'; reason: string };

export function formatRedisEvent(event: RedisEvent): string {
  if (event.event === 'ready') return `ready ${event.pid}`;
  if (event.event === 'killed') return 'killed';
  // A reason has lines of its own.
  return `${event.event} ${JSON.stringify(event.reason)}`;
}

export function parseRedisEvent(line: string): RedisEvent | undefined {
  const [, event, detail = ''] = /^(ready|failed|killed|ended)(?: (.*))?$/.exec(line) ?? [];
  switch (event) {
    case 'ready':
      return { event, pid: Number(detail) };
    case 'killed':
      return { event };
    case 'failed':
    case 'ended':
      return { event, reason: String(JSON.parse(detail)) };
    default:
      return undefined;
  }
}
