import { AggregatorRegistry, Gauge, prometheusContentType, Registry } from 'prom-client';

import type { ExportedMetrics } from './service-metrics.ts';

/** Gauges that are created for one scrape. */
export class GaugePage {
  readonly #registry = new Registry();
  readonly #gauges = new Map<string, Gauge>();

  set(name: string, help: string, labels: Readonly<Record<string, string>>, value: number): void {
    let gauge = this.#gauges.get(name);
    if (gauge === undefined) {
      gauge = new Gauge({ name, help, labelNames: Object.keys(labels), registers: [this.#registry] });
      this.#gauges.set(name, gauge);
    }
    gauge.set({ ...labels }, value);
  }

  export(): Promise<ExportedMetrics> {
    return this.#registry.getMetricsAsJSON();
  }
}

/** The metrics of several processes as one Prometheus page. Their series differ in labels. */
export async function prometheusText(
  all: readonly ExportedMetrics[],
): Promise<{ readonly contentType: string; readonly text: string }> {
  const registry = AggregatorRegistry.aggregate(all.map((metrics) => [...metrics]));
  return { contentType: prometheusContentType, text: await registry.metrics() };
}
