export { openQueueContext, type QueueContext } from './open-queue-context.ts';
export { publishMetrics } from './publish-metrics.ts';
export { openServices, type Services } from './open-services.ts';
