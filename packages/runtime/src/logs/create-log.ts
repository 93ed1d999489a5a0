import { createRedact, MigrationError } from '@migrator/core';
import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

export interface LogOptions {
  /** `api`, `worker`: which program says it. */
  readonly program: string;
  readonly level: string;
  /** For a person at a terminal instead of a machine. */
  readonly pretty: boolean;
  /** Never to be seen, wherever in a line they would stand. */
  readonly secrets: readonly string[];
  /** Fields of each line as things are when it is written: the trace's id. */
  readonly context?: () => object;
  /** Standard output by default. */
  readonly destination?: DestinationStream;
}

/** Names whose values are never shown. */
const redacted = ['authorization', 'cookie', 'password', 'token', 'secret', 'redisUrl'];

/** A log of JSON lines; each is redacted as a whole just before it is written. */
export async function createLog(options: LogOptions): Promise<Log> {
  const { program, level, secrets, context } = options;
  const redact = createRedact(secrets);
  return pino(
    {
      level,
      base: { program, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields },
      redact: { paths: redacted.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '***' },
      hooks: { streamWrite: redact },
      mixin: context,
    },
    await destinationOf(options),
  );
}

async function destinationOf({ pretty, destination }: LogOptions): Promise<DestinationStream> {
  // Written at once: the last words before an end must not be lost in a buffer.
  const out = destination ?? pino.destination({ dest: 1, sync: true });
  if (!pretty) return out;
  const { prettyFactory } = await import('pino-pretty');
  const format = prettyFactory({
    colorize: destination === undefined,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'program,pid',
    singleLine: true,
  });
  return {
    write(line) {
      out.write(format(line) ?? '');
    },
  };
}

/**
 * What a log line says of an error: no more than this, because libraries hang whole requests, headers and commands (a
 * Redis AUTH with its password) on their errors.
 */
function errorFields(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  return {
    type: error.name,
    message: error.message,
    ...codeOf(error),
    ...(cause === undefined || cause === error.message ? {} : { cause }),
    // Ours say what to do; only for a bug does it matter where it was thrown.
    ...(error instanceof MigrationError ? {} : { stack: error.stack }),
  };
}

function codeOf(error: Error): object {
  return 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
}
