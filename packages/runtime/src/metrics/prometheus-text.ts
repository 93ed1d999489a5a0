import { AggregatorRegistry, prometheusContentType } from 'prom-client';

import type { ExportedMetrics } from './service-metrics.ts';

/** The metrics of several processes as one page for Prometheus. Their series differ by their labels. */
export async function prometheusText(
  all: readonly ExportedMetrics[],
): Promise<{ readonly contentType: string; readonly text: string }> {
  const registry = AggregatorRegistry.aggregate(all.map((metrics) => [...metrics]));
  return { contentType: prometheusContentType, text: await registry.metrics() };
}
