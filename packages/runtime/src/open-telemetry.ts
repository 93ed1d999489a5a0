import { hostname } from 'node:os';

import { createRedact, type Redact, type RetryEvent } from '@migrator/core';

import { createLogRateLimited } from './logs/log-rate-limited.ts';
import { createLog, type Log } from './logs/create-log.ts';
import { ServiceMetrics } from './metrics/service-metrics.ts';
import { createObservation, type Observation } from './observe.ts';
import type { Tracing } from './traces/start-open-telemetry.ts';
import { noTracing, openTracing } from './traces/tracing.ts';

/** Log, metrics and traces of one program. */
export interface ProgramTelemetry {
  /** The unique name of the process: `worker-host-4711`. */
  readonly process: string;
  readonly log: Log;
  /** Logs errors outside requests; the same error only at intervals. */
  readonly logRateLimited: (error: unknown) => void;
  readonly metrics: ServiceMetrics;
  readonly tracing: Tracing;
  readonly redact: Redact;
  readonly observation: Observation;
  close(): Promise<void>;
}

/** Opens telemetry as the environment variables say. */
export async function openTelemetry(
  program: string,
  settings: {
    readonly logLevel: string;
    readonly hideUserData: boolean;
    readonly secrets: readonly string[];
  },
  env: Readonly<Record<string, string | undefined>>,
): Promise<ProgramTelemetry> {
  const { secrets } = settings;
  const redact = createRedact(secrets);
  let tracing = noTracing;
  const log = await createLog({
    program,
    level: settings.logLevel,
    pretty: process.stdout.isTTY,
    secrets,
    context: () => tracing.current(),
  });
  tracing = await openTracing(program, env, log);
  const name = `${program}-${hostname()}-${process.pid}`;
  const metrics = new ServiceMetrics(name);
  const onRetry = ({ operation, code, message, attempt, delayMs }: RetryEvent): void => {
    // Omitted: the operation is a path with a user's id.
    const what = settings.hideUserData ? {} : { operation, why: message };
    log.debug({ code, attempt, delayMs, ...what }, 'trying again');
  };
  const observation = createObservation({ metrics, tracing, redact, onRetry });
  const logRateLimited = createLogRateLimited(log);
  return {
    process: name,
    log,
    logRateLimited,
    metrics,
    tracing,
    redact,
    observation,
    close: () => tracing.close(),
  };
}
