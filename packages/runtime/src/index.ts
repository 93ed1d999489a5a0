export { ApiClient, ApiError } from './api-client.ts';
export { openQueueContext, type QueueContext } from './open-queue-context.ts';
export { openServices, type Services } from './open-services.ts';
export { createLog, type Log, type LogOptions } from './logs/create-log.ts';
export { type ExportedMetrics, publishMetrics, ServiceMetrics } from './metrics/service-metrics.ts';
export { GaugePage, prometheusText } from './metrics/metrics-page.ts';
export { createObservation, type Observation } from './observe.ts';
export { noTracing, type Tracing } from './traces/tracing.ts';
export { openTelemetry, type ProgramTelemetry } from './open-telemetry.ts';
