import { createMetricsBoard } from '@migrator/queue';
import { type ExportedMetrics, GaugePage, prometheusText } from '@migrator/runtime';

import { type ApiContext, redisAnswers } from '../api-context.ts';
import { runMetrics } from '../metrics/run-metrics.ts';
import { route } from '../route.ts';

export const metrics = route({
  id: 'metrics',
  path: '/metrics',
  tag: 'Watching',
  summary: 'Metrics of the run, the queues, this process and all workers, for Prometheus',
  needsRedis: false,
  answers: { 200: { description: 'The metrics', type: 'text/plain' } },
  handle: async (context, { response }) => {
    const own = await context.telemetry.metrics.export();
    const { contentType, text } = await prometheusText([own, ...(await sharedMetrics(context))]);
    response.set('Content-Type', contentType).send(text);
  },
});

/** The metrics that all workers have published in Redis; if it can't be reached, a gauge that says so. */
async function sharedMetrics(context: ApiContext): Promise<ExportedMetrics[]> {
  const up = new GaugePage();
  try {
    await redisAnswers(context);
    const board = createMetricsBoard(context.redis, context.prefix);
    const [run, workers] = await Promise.all([runMetrics(context), board.read()]);
    up.set('migrator_redis_up', '1 while Redis answers', {}, 1);
    return [await up.export(), run, ...(workers as ExportedMetrics[])];
  } catch (err) {
    context.telemetry.log?.warn({ err }, 'metrics without Redis');
    up.set('migrator_redis_up', '1 while Redis answers', {}, 0);
    return [await up.export()];
  }
}
