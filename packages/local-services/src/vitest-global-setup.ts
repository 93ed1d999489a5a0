import type { TestProject } from 'vitest/node';
import type { LocalServicesEnv } from './start-local-services.ts';
import { startLocalServices } from './start-local-services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * The environment of the suite's services. They are shared: use a prefix of your own in Redis, a table of your own
     * (none exists) and a Firestore project of your own.
     */
    services: LocalServicesEnv;
  }
}

/** Starts the local services once for the whole suite. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await startLocalServices();
  project.provide('services', services.env);
  return () => services.stop();
}
