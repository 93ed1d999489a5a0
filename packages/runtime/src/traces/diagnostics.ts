import { inspect } from 'node:util';

import { diag, type DiagLogger, DiagLogLevel } from '@opentelemetry/api';

import type { Log } from '../logs/create-log.ts';
import { createRateLimit } from '../logs/log-rate-limited.ts';

/**
 * Starts OpenTelemetry's SDK with what it says of itself in our log, which holds no secrets; its own place for that is
 * the console. The SDK sets a console logger when it starts, whatever is set before, so it is kept from that.
 */
export function withDiagnosticsInLog<T>(log: Log, level: string | undefined, start: () => T): T {
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
