import type { Telemetry } from 'bullmq';

export type { Telemetry };

/** Carries a trace from the adder of a job to its worker. Loaded only where there are traces. */
export async function openQueueTelemetry(): Promise<Telemetry> {
  const { BullMQOtel } = await import('bullmq-otel');
  return new BullMQOtel({ tracerName: 'journal-migration' });
}
