import type { Config } from '@migrator/config';
import { createDynamoDbTarget, locateTable } from '@migrator/dynamodb';
import type { Binding } from '@migrator/core';
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
import { createRedact, redactError, redactErrorsOf } from '@migrator/core';

/** An engine's context but for its ledger: the source, the target and how to go about it. */
export interface Services extends Omit<EngineContext, 'ledger'> {
  readonly rateController: RateController;
  /** The binding as far as it is known without asking a service. */
  readonly configured: Binding;
  close(): Promise<void>;
}

/**
 * Firestore and DynamoDB as the configuration has them, throttled by a limit that all processes share (by default
 * by one of this process alone). Connects to nothing yet. Throws where the project or the region is not named anywhere.
 */
export async function openServices(
  config: Config,
  sharedRateLimit: SharedRateLimit = createMemoryRateLimit(),
  observation?: Observation,
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
  const source = await createFirestoreSource({
    ...google,
    onRetry: observation?.onRetry,
  });
  const configured: Binding = {
    source: source.binding,
    target: await locateTable(aws).catch(async (error: unknown) => {
      await source.close();
      throw redactError(error, redact);
    }),
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
