export { createLog, type Log, type LogOptions } from './logs/create-log.ts';
export { type ExportedMetrics, ServiceMetrics } from './metrics/service-metrics.ts';
export { GaugePage } from './metrics/gauge-page.ts';
export { prometheusText } from './metrics/prometheus-text.ts';
export { createObservation, type Observation } from './observe.ts';
export { noTracing, openTracing, type Tracing } from './traces/tracing.ts';
export { openTelemetry, type Watch } from './open-telemetry.ts';
