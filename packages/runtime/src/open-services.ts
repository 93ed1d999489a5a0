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

/** An engine's context but for its ledger: the source, the target and how to go about it. */
export interface Services extends Omit<EngineContext, 'ledger'> {
  readonly rateController: RateController;
  /** The binding as far as it is known without asking a service. */
  readonly configured: Binding;
  close(): Promise<void>;
}

/**
 * Firestore (or the source that was opened instead) and DynamoDB as the configuration has them, throttled by a limit
 * that all processes share (by default by one of this process alone). Connects to nothing yet, and closes the source
 * with itself. Throws where the project or the region is not named anywhere; where both are not, the message has a line
 * for each.
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
    // Observed below the throttle: what is measured is the services, not the wait for one's turn.
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
