import { openServices, type Services } from '@migrator/runtime';
import { bindingFingerprint, type Ledger, type Operation } from '@migrator/core';
import {
  createMemoryLedger,
  hidingLedger,
  preflight,
  runToEnd,
  startTimeOf,
  throwIfAborted,
  waitForEnd,
  withoutUserData,
} from '@migrator/engine';

import { covers } from '../covers.ts';
import { type MigrationResult, resultOf } from '../migration-result.ts';
import type { ResolvedOptions } from '../options.ts';
import { knownResult } from './known-result.ts';
import { type LastResult, withoutUsers, writeLastResult } from './state-file.ts';

/** Runs the migration in this process. The state file and the table record that it has completed. */
export async function migrateInProcess(wanted: ResolvedOptions): Promise<MigrationResult> {
  const { config, request, stateFile } = wanted;
  const { hideUserData } = config;
  throwIfAborted(wanted.signal);
  const services = await openServices(config);
  try {
    const known = await knownResult(services, await services.binding(), wanted);
    if (known !== undefined) return known;
    const lastResult = async (
      ledger: Ledger,
      operation: Operation,
      result: MigrationResult,
    ): Promise<LastResult> =>
      hideUserData
        ? withoutUsers({ request, result: await resultOf(hidingLedger(ledger), withoutUserData(operation)) })
        : { request, result };
    return await withSharedLedger(bindingFingerprint(services.configured), async (ledger) => {
      const { operation, own } = await runOrJoin(services, ledger, wanted);
      const result = await resultOf(ledger, operation);
      if (own && stateFile !== undefined && !request.dryRun)
        await writeLastResult(stateFile, operation.binding, await lastResult(ledger, operation, result));
      return result;
    });
  } finally {
    await services.close();
  }
}

async function runOrJoin(
  services: Services,
  ledger: Ledger,
  wanted: ResolvedOptions,
): Promise<{ operation: Operation; own: boolean }> {
  const { request, signal } = wanted;
  if ((await ledger.current()) === undefined) await preflight(services, request, signal);
  for (;;) {
    throwIfAborted(signal);
    const binding = await services.binding();
    const now = await startTimeOf({ ...services, ledger }, binding, new Date());
    const opening = await ledger.open(request, { now, binding });
    if (opening.opened) {
      const operation = await runToEnd({ ...services, ledger }, opening.operation.id, {
        usersAtOnce: wanted.config.migration.userConcurrency,
        signal,
        onProgress: wanted.onProgress,
      });
      return { operation, own: true };
    }
    const { current } = opening;
    const ended = await waitForEnd(ledger, current.id, wanted);
    if (current.request.kind === 'migration' && covers(current.request, request))
      return { operation: ended, own: false };
  }
}

const ledgers = new Map<string, { readonly ledger: Ledger; users: number }>();

/** Concurrent calls of one process for the same data share one ledger, and so one run. */
async function withSharedLedger<T>(scope: string, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const shared = ledgers.get(scope) ?? { ledger: createMemoryLedger(), users: 0 };
  ledgers.set(scope, shared);
  shared.users += 1;
  try {
    return await work(shared.ledger);
  } finally {
    shared.users -= 1;
    if (shared.users === 0) ledgers.delete(scope);
  }
}
