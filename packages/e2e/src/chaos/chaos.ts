import { fillFirestore, journals, type LocalServicesEnv, type Program } from '@migrator/devkit';
import { type CurrentStatus, type MigrationReport, waitForOperation } from '@migrator/engine';
import { type ApiClient, createApiClient } from '@migrator/runtime';

import { compareSourceAndTarget, type Comparison } from './compare-source-and-target.ts';
import { injectProcessFaults } from './process-faults.ts';
import { type OpenChaosEnvironment, openChaosEnvironment } from './open-environment.ts';
import { requireUnavailable, startPersistently } from './persistent-calls.ts';
import { writesAfterWaking } from './wake-after-end.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** How many faults, of all kinds together. */
  readonly faults: number;
  readonly entries: number;
  readonly workers?: number;
  /** Where Firestore and DynamoDB are, with a project and a table of its own; stand-ins are started by default. */
  readonly engines?: LocalServicesEnv;
  /** When a run that has not ended is a failure, in seconds. */
  readonly limitSeconds?: number;
  /** Called with each event. */
  readonly log?: (line: string) => void;
}

export interface ChaosResult {
  readonly ok: boolean;
  readonly seed: number;
  readonly entries: number;
  readonly users: number;
  readonly seconds: number;
  readonly faults: { readonly total: number; readonly byKind: Readonly<Record<string, number>> };
  readonly pauses: Readonly<Record<string, number>>;
  /** The result of the comparison of source and target. */
  readonly lost: number;
  readonly wrong: number;
  readonly unexpected: number;
  /** Entries that the report counts more often than there are. */
  readonly countedTwice: number;
  readonly notCounted: number;
  readonly totalsAddUp: boolean;
  /** Writes of workers that slept through the end of the run. */
  readonly writesAfterEnd: number;
  readonly report: MigrationReport;
  /** Processes that ended without being killed. */
  readonly unexpectedEnds: readonly string[];
  readonly examples: readonly string[];
}

const entriesPerUser = 250;
/** One worker's clock is ten minutes ahead, one's three minutes behind; further ones are right. */
const clockOffsetsMs = [0, 600_000, -180_000];
const pollMs = 500;

/** Runs a migration under faults of all kinds and judges its result. Throws if it does not end. */
export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const { seed, entries, faults, limitSeconds = 3_600, log = () => undefined } = options;
  const signal = AbortSignal.timeout(limitSeconds * 1_000);
  const startedAt = performance.now();
  const users = Math.max(4, Math.ceil(entries / entriesPerUser));
  await using environment = await openChaosEnvironment({
    seed,
    faults,
    entries,
    workers: options.workers ?? 3,
    engines: options.engines,
    clockOffsetsMs,
    log,
  });

  const filled = await fillFirestore(
    journals({ seed, users, entriesPerUser: Math.ceil(entries / users) }),
    environment.env,
  );
  log(`${filled.entries} entries of ${filled.users} users`);

  const injected = new Map<string, number>();
  const ended = new AbortController();
  const times = Math.ceil(faults * 0.03);
  const injecting = injectProcessFaults(environment, {
    times,
    everyMs: Math.max(2_000, (expectedSeconds(entries) * 1_000 * 0.6) / times),
    signal: AbortSignal.any([ended.signal, signal]),
    counts: injected,
  });
  const pauses = new Map<string, number>();
  const client = createApiClient({ url: environment.apiUrl, signal });
  let report: MigrationReport;
  try {
    report = await runToItsEnd(environment, client, pauses, { frozenFrom: entries / 2, signal, log });
  } finally {
    ended.abort();
    environment.calm();
    await injecting;
  }

  const writesAfterEnd = await writesAfterWaking(environment, client);
  const comparison = await compareSourceAndTarget(environment.env, report.stats.startTime);
  const byKind = { ...environment.faults(), ...Object.fromEntries(injected) };
  const unexpectedEnds = [environment.api, ...environment.workers, ...environment.strays].flatMap(
    (program) => program.unexpectedEnds,
  );
  return judge({
    seed,
    users: filled.users,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    byKind,
    pauses: Object.fromEntries(pauses),
    report,
    comparison,
    writesAfterEnd,
    unexpectedEnds,
  });
}

/** About as long as it takes under faults on a small machine, so that they are spread over all of it. */
function expectedSeconds(entries: number): number {
  return entries / 200;
}

async function runToItsEnd(
  environment: OpenChaosEnvironment,
  client: ApiClient,
  pauses: Map<string, number>,
  { frozenFrom, signal, log }: { frozenFrom: number; signal: AbortSignal; log: (line: string) => void },
): Promise<MigrationReport> {
  const id = await startPersistently(client, { verify: true }, signal);
  const describe = describer(log);
  let sleeper: Program | undefined;
  const poll = async (): Promise<MigrationReport> => {
    const { currentStatus } = await client.status();
    const { state, progress } = currentStatus;
    const reason = progress?.reason ?? '';
    if (sleeper === undefined && (progress?.processed ?? 0) > frozenFrom) {
      // In the middle of its writes, and not woken before the end.
      sleeper = environment.workers[0];
      log('worker frozen until after the end');
      sleeper?.freeze();
    }
    describe(currentStatus);
    // As an operator who has corrected the cause.
    if ((state === 'paused' || state === 'pausing') && reason !== '') {
      const code = /^\w+/.exec(reason)?.[0] ?? 'without a reason';
      pauses.set(code, (pauses.get(code) ?? 0) + 1);
      await client.resume();
    }
    return await client.migration(id);
  };
  const report = await waitForOperation(poll, {
    everyMs: pollMs,
    signal,
    onError(error) {
      requireUnavailable(error);
      describe(undefined);
    },
  });
  signal.throwIfAborted();
  return report!;
}

/** Logs the status at each change, and every ten seconds. */
function describer(log: (line: string) => void): (status: CurrentStatus | undefined) => void {
  let last = '';
  let lastLogged = 0;
  return (status) => {
    const { state = 'unknown', progress } = status ?? {};
    const reason = progress?.reason ?? '';
    const now = performance.now();
    const line = `${state} ${reason}`;
    if (line === last && now - lastLogged <= 10_000) return;
    const pace = progress?.pace?.limitedBy ?? '';
    log(`${state}: ${progress?.processed ?? 0} done, ${progress?.entriesPerSecond ?? 0}/s ${pace} ${reason}`);
    last = line;
    lastLogged = now;
  };
}

function judge(found: {
  seed: number;
  users: number;
  seconds: number;
  byKind: Record<string, number>;
  pauses: Record<string, number>;
  report: MigrationReport;
  comparison: Comparison;
  writesAfterEnd: number;
  unexpectedEnds: readonly string[];
}): ChaosResult {
  const { byKind, comparison, ...rest } = found;
  const { report, unexpectedEnds } = rest;
  const { stats } = report;
  const { entries, lost, wrong, unexpected, items } = comparison;
  const countedTwice = Math.max(0, stats.totalProcessed - entries);
  const notCounted = Math.max(0, entries - stats.totalProcessed);
  const totalsAddUp =
    stats.totalProcessed === stats.successCount + stats.failureCount + stats.skippedCount &&
    stats.successCount === stats.createdCount + stats.repairedCount &&
    stats.successCount === items - unexpected &&
    stats.users.completed + stats.users.failed === stats.users.listed &&
    stats.users.listed === found.users;
  const ok =
    report.state === 'completed' &&
    report.verification?.isValid === true &&
    lost + wrong + unexpected + countedTwice + notCounted + stats.failureCount === 0 &&
    totalsAddUp &&
    found.writesAfterEnd === 0 &&
    unexpectedEnds.length === 0;
  return {
    ...rest,
    ok,
    entries,
    faults: { total: Object.values(byKind).reduce((sum, count) => sum + count, 0), byKind },
    lost,
    wrong,
    unexpected,
    countedTwice,
    notCounted,
    totalsAddUp,
    examples: comparison.examples,
  };
}
