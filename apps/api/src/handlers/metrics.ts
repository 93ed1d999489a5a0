import { type ExportedMetrics, GaugePage, prometheusText } from '@migrator/runtime';
import { createMetricsBoard } from '@migrator/queue';
import type { RequestHandler } from 'express';

import { type ApiContext, redisAnswers } from '../api-context.ts';
import { runMetrics } from '../metrics/run-metrics.ts';

/** `GET /metrics`: of the run, the queues, this process and all workers, which put theirs up in Redis. */
export function metrics(context: ApiContext): RequestHandler {
  const board = createMetricsBoard(context.redis, context.prefix);
  /** What stands in Redis; while it is away, that. */
  const shared = async (): Promise<ExportedMetrics[]> => {
    const up = new GaugePage();
    try {
      await redisAnswers(context);
      const [run, workers] = await Promise.all([runMetrics(context), board.read()]);
      up.set('migrator_redis_up', '1 while Redis answers', {}, 1);
      return [await up.export(), run, ...(workers as ExportedMetrics[])];
    } catch (err) {
      context.telemetry.log?.warn({ err }, 'metrics without Redis');
      up.set('migrator_redis_up', '1 while Redis answers', {}, 0);
      return [await up.export()];
    }
  };
  return async (_request, response) => {
    const own = await context.telemetry.metrics.export();
    const { contentType, text } = await prometheusText([own, ...(await shared())]);
    response.set('Content-Type', contentType).send(text);
  };
}
