import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { startNodeSdk } from '@opentelemetry/sdk-node';

import type { Log } from '../logs/create-log.ts';
import { withDiagnosticsInLog } from './diagnostics.ts';
import type { Tracing } from './tracing.ts';

/** Starts OpenTelemetry's SDK, for traces only. All its settings are those of its own variables. */
export function startOpenTelemetry(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
  log: Log,
): Tracing {
  const named =
    (env['OTEL_SERVICE_NAME'] ?? '') !== '' || /service\.name=/.test(env['OTEL_RESOURCE_ATTRIBUTES'] ?? '');
  const sdk = withDiagnosticsInLog(log, env['OTEL_LOG_LEVEL'], () =>
    startNodeSdk({
      metricReaders: [],
      logRecordProcessors: [],
      ...(named ? {} : { resourceAttributes: { 'service.name': `journal-migration-${program}` } }),
    }),
  );
  const tracer = trace.getTracer('journal-migration');

  return {
    active: true,

    span: (name, attributes, work) =>
      tracer.startActiveSpan(name, { attributes }, async (span) => {
        try {
          return await work();
        } catch (error) {
          fail(span, error);
          throw error;
        } finally {
          span.end();
        }
      }),

    request({ method, route, headers }, ended, work) {
      const parent = propagation.extract(context.active(), headers);
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER }, parent);
      const finish = (status: number): void => {
        span.updateName(`${method} ${route()}`);
        span.setAttributes({
          'http.request.method': method,
          'http.route': route(),
          'http.response.status_code': status,
        });
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      };
      void (async () => finish(await ended))();
      context.with(trace.setSpan(parent, span), work);
    },

    current() {
      const traceId = trace.getActiveSpan()?.spanContext().traceId;
      return traceId === undefined ? {} : { traceId };
    },

    async close() {
      // A collector that is away must not hold up the end, nor make it a failure.
      await sdk.shutdown().catch(() => undefined);
    },
  };
}

/** By its code alone: a message may name a user. */
function fail(span: Span, error: unknown): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL';
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}
