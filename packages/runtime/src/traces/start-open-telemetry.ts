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

/** Creates spans. Without traces a no-op. */
export interface Tracing {
  readonly active: boolean;
  /** Runs the work in a child span of the current one. An error is recorded and rethrown. */
  span<T>(
    name: string,
    attributes: Readonly<Record<string, string | number>>,
    work: () => Promise<T>,
  ): Promise<T>;
  /** Runs the work in the span of an incoming request, whose headers may name its trace. */
  request(
    request: {
      readonly method: string;
      readonly route: () => string;
      readonly headers: Readonly<Record<string, unknown>>;
    },
    ended: Promise<number>,
    work: () => void,
  ): void;
  /** The current trace, for log lines. */
  current(): { readonly traceId?: string };
  /** Sends all remaining spans. */
  close(): Promise<void>;
}

/** Starts OpenTelemetry's SDK, for traces only. It is configured by its own variables. */
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
      // An unreachable collector must neither delay the shutdown nor fail it.
      await sdk.shutdown().catch(() => undefined);
    },
  };
}

/** Records only the error's code, because a message may name a user. */
function fail(span: Span, error: unknown): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL';
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}

/**
 * Starts OpenTelemetry's SDK with its diagnostics in our log, which is redacted, instead of the console. Keeps the
 * SDK from replacing this logger by a console logger at its start.
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
  // The error of an unreachable collector recurs with each batch.
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
