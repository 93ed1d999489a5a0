import type { Config } from '@migrator/config';
import { createDynamoDbTarget, locateTable } from '@migrator/dynamodb';
import {
  type Binding,
  createRedact,
  MigrationError,
  redactError,
  redactErrorsOf,
  type Source,
} from '@migrator/core';
import {
  bindingResolver,
  createMemoryRateLimit,
  defaultPaging,
  type EngineContext,
  AdaptiveConcurrencyLimit,
  RateController,
  throttledSource,
  throttledTarget,
  type SharedRateLimit,
} from '@migrator/engine';
import { createFirestoreSource } from '@migrator/firestore';
import type { Observation } from './observe.ts';

/** An engine's context without the ledger: the source, the target, limits and settings. */
export interface Services extends Omit<EngineContext, 'ledger'> {
  readonly rateController: RateController;
  /** The binding, as far as it is known without a call. */
  readonly configured: Binding;
  close(): Promise<void>;
}

/**
 * Opens Firestore (or the given source) and DynamoDB as configured, throttled by `rateLimit`, which all processes may
 * share (by default one of this process alone). Makes no connection yet. Closing it also closes the source. Rejects
 * if the project or the region is not configured; if both are missing the message has a line for each.
 */
export async function openServices(
  config: Config,
  sharedRateLimit: SharedRateLimit = createMemoryRateLimit(),
  observation?: Observation,
  openedSource?: Source,
): Promise<Services> {
  const { google, aws, migration } = config;
  const { writeConcurrency, maxWriteUnitsPerSecond, sourceRamp } = migration;
  const writeLimit = new AdaptiveConcurrencyLimit(writeConcurrency);
  const rateController = new RateController({
    store: sharedRateLimit,
    writeLimit,
    rampReads: sourceRamp,
    maxWriteUnitsPerSecond,
  });
  const redact = createRedact(config.secrets);
  const [source, table] = await bothOrAllFaults(
    openedSource ?? createFirestoreSource({ ...google, onRetry: observation?.onRetry }),
    locateTable(aws),
  ).catch((error: unknown) => {
    rateController.close();
    throw redactError(error, redact);
  });
  const configured: Binding = {
    source: source.binding,
    target: table,
    settings: { oversize: migration.oversize },
  };
  const target = createDynamoDbTarget({
    ...aws,
    writeConcurrency,
    onRetry(event) {
      rateController.retried(event);
      observation?.onRetry(event);
    },
    onCapacity: observation?.onCapacity,
  });
  return {
    // Observed below the throttle, so that durations do not include its waits.
    source: throttledSource(
      observation?.observeSource(source) ?? redactErrorsOf(source, redact),
      rateController,
    ),
    target: throttledTarget(
      observation?.observeTarget(target) ?? redactErrorsOf(target, redact),
      rateController,
    ),
    configured,
    binding: bindingResolver(configured, target),
    rateController,
    settings: {
      ...defaultPaging,
      names: { users: google.usersCollection, journal: google.journalCollection },
      oversize: migration.oversize,
      prices: config.prices,
      hideUserData: config.hideUserData,
    },
    writeLimit,
    async close() {
      rateController.close();
      await Promise.allSettled([source.close(), target.close()]);
    },
  };
}

async function bothOrAllFaults<T>(
  opening: Source | Promise<Source>,
  locating: Promise<T>,
): Promise<[Source, T]> {
  const [source, located] = await Promise.allSettled([opening, locating]);
  if (source.status === 'fulfilled' && located.status === 'fulfilled') return [source.value, located.value];
  if (source.status === 'fulfilled') await source.value.close();
  const faults = [source, located].flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  if (faults.length === 1) throw faults[0];
  throw new MigrationError(
    MigrationError.codeOf(faults[0]),
    faults.map(({ message }) => message).join('\n'),
    { cause: faults[0] },
  );
}
