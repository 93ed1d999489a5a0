import { createRedact, MigrationError } from '@migrator/core';
import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

export interface LogOptions {
  /** The program that logs: `api`, `worker`. */
  readonly program: string;
  readonly level: string;
  /** Formats lines for a terminal instead of as JSON. */
  readonly pretty: boolean;
  /** Redacted anywhere in a line. */
  readonly secrets: readonly string[];
  /** Additional fields, evaluated for each line: the trace's id. */
  readonly context?: () => object;
  /** Standard output by default. */
  readonly destination?: DestinationStream;
}

/** Field names whose values are never logged. */
const redacted = ['authorization', 'cookie', 'password', 'token', 'secret', 'redisUrl'];

/** A log of JSON lines; each complete line is redacted just before it is written. */
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
  // Written synchronously, so that the last lines before an exit are not lost.
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
 * The logged fields of an error. No others, because libraries attach whole requests, headers and commands (a Redis
 * AUTH with its password) to their errors.
 */
function errorFields(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  return {
    type: error.name,
    message: error.message,
    ...codeOf(error),
    ...(cause === undefined || cause === error.message ? {} : { cause }),
    // The message of a MigrationError says what to do. Only a bug needs the stack.
    ...(error instanceof MigrationError ? {} : { stack: error.stack }),
  };
}

function codeOf(error: Error): object {
  return 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
}
