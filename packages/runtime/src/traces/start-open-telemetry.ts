import { inspect } from 'node:util';

import {
  context,
  diag,
  type DiagLogger,
  DiagLogLevel,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { startNodeSdk } from '@opentelemetry/sdk-node';

import type { Log } from '../logs/create-log.ts';
import { createRateLimit } from '../logs/log-rate-limited.ts';

/** Spans around pieces of work. The one that does nothing costs nothing. */
export interface Tracing {
  readonly active: boolean;
  /** Runs the work as a span below the one it is called in. A failure is recorded and thrown on. */
  span<T>(
    name: string,
    attributes: Readonly<Record<string, string | number>>,
    work: () => Promise<T>,
  ): Promise<T>;
  /** Runs the work as the span of a request from outside, whose headers may say which trace it belongs to. */
  request(
    request: {
      readonly method: string;
      readonly route: () => string;
      readonly headers: Readonly<Record<string, unknown>>;
    },
    ended: Promise<number>,
    work: () => void,
  ): void;
  /** The trace that the caller is in: for log lines. */
  current(): { readonly traceId?: string };
  /** Sends what has not been sent. */
  close(): Promise<void>;
}

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

/**
 * Starts OpenTelemetry's SDK with what it says of itself in our log, which holds no secrets; its own place for that is
 * the console. The SDK would replace it by a console logger when it starts, so it is kept from that.
 */
function withDiagnosticsInLog<T>(log: Log, level: string | undefined, start: () => T): T {
  diag.setLogger(diagnosticsTo(log), {
    logLevel: DiagLogLevel[level?.toUpperCase() as keyof typeof DiagLogLevel] ?? DiagLogLevel.INFO,
    suppressOverrideMessage: true,
  });
  const { setLogger } = diag;
  diag.setLogger = () => true;
  try {
    return start();
  } finally {
    diag.setLogger = setLogger;
  }
}

function diagnosticsTo(log: Log): DiagLogger {
  // A collector that is away is told of with each batch.
  const isNews = createRateLimit();
  const to =
    (level: 'error' | 'warn' | 'info' | 'debug' | 'trace') =>
    (message: string, ...more: unknown[]): void => {
      const text = [message, ...more.map(textOf)].join(' ');
      if (isNews(text)) log[level]({ openTelemetry: text }, 'OpenTelemetry');
    };
  return { error: to('error'), warn: to('warn'), info: to('info'), debug: to('debug'), verbose: to('trace') };
}

function textOf(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : inspect(value);
}
