import type { TestProject } from 'vitest/node';
import { startContainerServices } from './services/container-services.ts';
import { hasContainerEngine } from './services/redis-container.ts';
import type { LocalServicesEnv } from './services/start-local-services.ts';
import { startLocalServices } from './services/start-local-services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * The environment of the suite's services. They are shared: use a prefix of your own in Redis, a table of your own
     * (none exists) and a Firestore project of your own.
     */
    services: LocalServicesEnv;
  }
}

/**
 * Starts the services once for the whole suite: as processes of this machine, or, with `SERVICES=containers`, as containers
 * where an engine answers. Says which.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const contained = await wantsContainers(process.env['SERVICES']);
  const services = contained ? await startContainerServices() : await startLocalServices();
  process.stderr.write(`The services of this run are ${contained ? 'containers' : 'local processes'}.\n`);
  project.provide('services', services.env);
  return () => services.stop();
}

async function wantsContainers(wanted: string | undefined): Promise<boolean> {
  if (wanted === undefined || wanted === '' || wanted === 'processes') return false;
  if (wanted !== 'containers') {
    throw new Error(`SERVICES holds "${wanted}"; it may hold one of processes, containers`);
  }
  if (await hasContainerEngine()) return true;
  process.stderr.write('SERVICES=containers, but no container engine answers.\n');
  return false;
}
