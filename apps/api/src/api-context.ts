import type { Config } from '@migrator/config';
import { type Log, noTracing, type QueueContext, ServiceMetrics, type Tracing } from '@migrator/runtime';
import { createRedact, type Redact } from '@migrator/core';
import { apiBasePath } from '@migrator/engine';
import { requireRedis } from '@migrator/queue';

export interface ApiTelemetry {
  readonly log?: Log;
  readonly metrics: ServiceMetrics;
  readonly tracing: Tracing;
  /** Takes secrets out of what an answer says. */
  readonly redact: Redact;
}

/** All that handlers need; made once by the composition root. */
export interface ApiContext extends QueueContext {
  readonly http: Config['http'];
  readonly telemetry: ApiTelemetry;
  /** The prefix of all keys in Redis. */
  readonly prefix: string;
  /** Aborts when the server stops, so that no request waits on. */
  readonly stopping: AbortSignal;
}

export const basePath = apiBasePath;

/** No log and no traces; its counters are not exported. */
export function noTelemetry(): ApiTelemetry {
  return { metrics: new ServiceMetrics('api'), tracing: noTracing, redact: createRedact([]) };
}

/** A request that needs Redis gets its 503 within three seconds, never a hang. */
const redisLimitMs = 2_500;

export function redisAnswers(context: ApiContext): Promise<void> {
  return requireRedis(context.redis, redisLimitMs);
}
