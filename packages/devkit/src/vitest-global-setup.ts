import type { TestProject } from 'vitest/node';
import { startContainerServices } from './services/container-services.ts';
import { hasContainerEngine } from './services/redis-container.ts';
import type { LocalServicesEnv } from './services/start-local-services.ts';
import { startLocalServices } from './services/start-local-services.ts';
import { startVendorServices } from './services/vendors/start-vendor-services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * The environment of the suite's services. They are shared: use a prefix of your own in Redis, a table of your own
     * (none exists) and a Firestore project of your own.
     */
    services: LocalServicesEnv;
  }
}

/** The values of `SERVICES`: how Firestore and DynamoDB run. */
const starts = {
  processes: { kind: 'local processes', start: () => startLocalServices() },
  vendors: { kind: "the vendors' own engines", start: () => startVendorServices() },
  containers: { kind: 'containers', start: startContainerServices },
};
type Services = keyof typeof starts;

/**
 * Starts the services once for the whole suite, as `SERVICES` says: as processes of this machine (stand-ins of Firestore and
 * DynamoDB), as the vendors' own engines, or as containers where an engine answers. Says which.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { kind, start } = starts[await wantedServices(process.env['SERVICES'] || 'processes')];
  const services = await start();
  process.stderr.write(`The services of this run are ${kind}.\n`);
  project.provide('services', services.env);
  return () => services.stop();
}

async function wantedServices(wanted: string): Promise<Services> {
  if (!isServices(wanted)) {
    throw new Error(`SERVICES holds "${wanted}"; it may hold one of ${Object.keys(starts).join(', ')}`);
  }
  if (wanted !== 'containers' || (await hasContainerEngine())) return wanted;
  process.stderr.write('SERVICES=containers, but no container engine answers.\n');
  return 'processes';
}

function isServices(wanted: string): wanted is Services {
  return Object.hasOwn(starts, wanted);
}
