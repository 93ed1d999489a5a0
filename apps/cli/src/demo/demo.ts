import { abortable, messageOf } from '@migrator/core';
import { type LocalServices, type Program, ProgramError, startLocalServices } from '@migrator/devkit';

import { onStopRequest, StopRequest } from '../stop-requests.ts';
import { followOperation } from '../cli/follow.ts';
import { amount } from '../amount.ts';
import { type DemoResult, demoResult, describeAddresses, describeResult } from './demo-result.ts';
import { fillWithJournals } from './fill-with-journals.ts';
import { type ProgressDisplay, progressDisplay } from '../cli/progress-display.ts';
import { startPrograms } from './start-programs.ts';

export interface DemoOptions {
  readonly users: number;
  /** Entries of each user. */
  readonly entries: number;
  /** The API's port, if it is free. */
  readonly port: number;
  /** End when the run has ended. */
  readonly exit: boolean;
  /** Print the result as one JSON object on the last line of stdout, everything else to stderr. */
  readonly json: boolean;
}

interface Surroundings {
  /** Aborts, with the reason, when the demo has to end. */
  readonly ending: AbortController;
  /** What has to be stopped, in reverse order. */
  readonly started: AsyncDisposableStack;
  readonly programs: Program[];
  readonly screen: NodeJS.WriteStream;
  readonly display: ProgressDisplay;
}

/** Child processes end with this one, so a hanging shutdown may be cut off. */
const endLimitMs = 30_000;

/**
 * Runs a whole migration on this machine, with local services. Sets the exit code: 0 if everything was migrated and
 * verified, 1 if not, 128 plus the signal's number if it was stopped.
 */
export async function demo(options: DemoOptions): Promise<void> {
  const ending = new AbortController();
  const screen = options.json ? process.stderr : process.stdout;
  const started = new AsyncDisposableStack();
  const surroundings: Surroundings = {
    ending,
    started,
    programs: [],
    screen,
    display: progressDisplay(screen),
  };
  const { signal } = ending;
  await onStopRequest((request) => ending.abort(request));

  const printJson = (value: unknown): void => {
    if (options.json) process.stdout.write(`${JSON.stringify(value)}\n`);
  };
  const reportError = (error: unknown): void => {
    process.exitCode = error instanceof StopRequest ? error.exitCode : 1;
    process.stderr.write(`\n${explain(error, surroundings.programs)}\n`);
  };

  let result: DemoResult | undefined;
  try {
    result = await abortable(runDemo(options, surroundings), 'run the demo', signal);
    process.exitCode = result.ok ? 0 : 1;
    screen.write(describeResult(result));
    if (!options.exit) screen.write(`${describeAddresses(result)}\nPress Ctrl-C to stop.\n`);
    printJson(result);
    if (!options.exit) {
      await abortable(new Promise<never>(() => {}), 'run the demo', signal);
    }
  } catch (caught) {
    const error: unknown = signal.aborted ? signal.reason : caught;
    surroundings.display[Symbol.dispose]();
    if (error instanceof StopRequest) screen.write('\nStopping\n');
    if (result === undefined || !(error instanceof StopRequest)) reportError(error);
    if (result === undefined) printJson({ ok: false, error: explain(error, []) });
    ending.abort(error);
  }
  const limit = setTimeout(() => process.exit(), endLimitMs);
  await started.disposeAsync().catch(reportError);
  clearTimeout(limit);
}

async function runDemo(options: DemoOptions, surroundings: Surroundings): Promise<DemoResult> {
  const { ending, screen, display } = surroundings;
  const { signal } = ending;

  screen.write('Starting Redis, DynamoDB and Firestore on this machine\n');
  const { env } = await startServices(surroundings);
  signal.throwIfAborted();

  screen.write('Starting the API and two workers\n');
  surroundings.started.defer(async () => {
    await Promise.all(surroundings.programs.map((program) => program.stop()));
  });
  const programs = startPrograms({
    env,
    port: options.port,
    onPortTaken: (url) =>
      screen.write(`Port ${options.port} is taken (on macOS often by AirPlay): using ${url} instead\n`),
    signal,
    onStart: (program) => void surroundings.programs.push(program),
    onUnexpectedEnd: (error) => ending.abort(error),
  });
  const [filled, { url, api }] = await Promise.all([
    fillWithJournals(options, env, signal, (step) => display.show(step)),
    programs,
  ]);
  display.finish();
  screen.write(
    `Firestore holds ${amount(filled.entries)} entries of ${amount(filled.users)} users, ` +
      `${amount(filled.missing)} of them without a document of their own\n`,
  );

  const { migrationId } = await api.start();
  screen.write(`Running ${migrationId}\n`);
  const { users, entries } = filled;
  const report = await followOperation(api, () => api.migration(migrationId), {
    signal,
    display,
    total: entries,
  });
  return demoResult(report, { users, entries }, { url, env });
}

async function startServices({ ending, started }: Surroundings): Promise<LocalServices> {
  const onUnexpectedEnd = (error: Error): void => ending.abort(error);
  const starting = startLocalServices({
    redis: { onUnexpectedEnd },
    dynamodb: { onUnexpectedEnd, createTable: true },
    firestore: { onUnexpectedEnd },
  });
  // If the demo is stopped while they start, wait for the start, then stop them.
  started.defer(async () => {
    const [services] = await Promise.allSettled([starting]);
    if (services.status === 'fulfilled') await services.value.stop();
  });
  return starting;
}

/** The message of an error, with the last output of the programs if that is needed. */
function explain(error: unknown, programs: readonly Program[]): string {
  const message = messageOf(error);
  if (error instanceof StopRequest || error instanceof ProgramError) return message;
  const output = programs.flatMap((program) => program.lastLines.map((line) => `  ${program.name}: ${line}`));
  return [message, ...output].join('\n');
}
