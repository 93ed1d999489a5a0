import type { ServiceMetrics } from './metrics/service-metrics.ts';
import { atMost, type MetricsBoard } from '@migrator/queue';

const everyMs = 5_000;
/** A worker's connection waits for a Redis that is away, and the last word of one that ends is not worth it. */
const lastLimitMs = 1_000;

/** Puts a worker's metrics up for the API to show, every few seconds and once more at its end. */
export function publishMetrics(board: MetricsBoard, process: string, metrics: ServiceMetrics) {
  const publish = async (): Promise<void> => {
    // Redis may be away: the next one has it all again.
    await metrics
      .export()
      .then((all) => board.put(process, all))
      .catch(() => undefined);
  };
  const timer = setInterval(() => void publish(), everyMs);
  void publish();
  return {
    async stop(): Promise<void> {
      clearInterval(timer);
      await atMost(lastLimitMs, publish());
    },
  };
}
