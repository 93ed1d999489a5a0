import type { Config } from '@migrator/config';
import { type Log, noTracing, type QueueContext, ServiceMetrics, type Tracing } from '@migrator/runtime';
import { createRedact, type Redact } from '@migrator/core';
import { apiBasePath } from '@migrator/engine';
import { requireRedis } from '@migrator/queue';

export interface ApiTelemetry {
  readonly log?: Log;
  readonly metrics: ServiceMetrics;
  readonly tracing: Tracing;
  /** Removes secrets from text of a response. */
  readonly redact: Redact;
}

/** The context of all handlers, created once by the composition root. */
export interface ApiContext extends QueueContext {
  readonly http: Config['http'];
  readonly telemetry: ApiTelemetry;
  /** The prefix of all keys in Redis. */
  readonly prefix: string;
  /** Aborts when the server stops, so that no request keeps waiting. */
  readonly stopping: AbortSignal;
}

export const basePath = apiBasePath;

/** Telemetry without log, traces and exported counters. */
export function noTelemetry(): ApiTelemetry {
  return { metrics: new ServiceMetrics('api'), tracing: noTracing, redact: createRedact([]) };
}

/** The time limit for Redis, so that a request gets its 503 within three seconds. */
const redisLimitMs = 2_500;

export function redisAnswers(context: ApiContext): Promise<void> {
  return requireRedis(context.redis, redisLimitMs);
}
