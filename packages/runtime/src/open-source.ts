import type { Config } from '@migrator/config';
import { createRedact, type OnRetry, redactError, redactErrorsOf, type Source } from '@migrator/core';
import {
  AdaptiveConcurrencyLimit,
  createMemoryRateLimit,
  RateController,
  throttledSource,
} from '@migrator/engine';
import { createFirestoreSource } from '@migrator/firestore';

/** Opens only Firestore, as configured, throttled as for a run of this process alone. */
export async function openSource(config: Config, onRetry?: OnRetry): Promise<Source> {
  const redact = createRedact(config.secrets);
  const source = await createFirestoreSource({ ...config.google, onRetry }).catch((error: unknown) => {
    throw redactError(error, redact);
  });
  const controller = new RateController({
    store: createMemoryRateLimit(),
    writeLimit: new AdaptiveConcurrencyLimit(1),
    rampReads: config.migration.sourceRamp,
  });
  return {
    ...throttledSource(redactErrorsOf(source, redact), controller),
    async close() {
      controller.close();
      await source.close();
    },
  };
}
