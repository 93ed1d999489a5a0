import { defineConfig } from 'vitest/config';

const everyTest = '{apps,packages}/*/src/**/*.test.ts';
/** Tests that say something only about the vendors' own engines. */
const vendorsTest = '{apps,packages}/*/src/**/*.vendors.test.ts';
/**
 * With `SERVICES=vendors`: those, and the suites whose result depends on how Firestore and DynamoDB behave. Not what is about
 * the table's tags, which DynamoDB Local lacks (`execute-migration.marker.test.ts`).
 */
const vendorsSuites = [
  vendorsTest,
  'packages/{firestore,dynamodb}/src/*.contract.test.ts',
  'packages/dynamodb/src/{table,any-entry.property}.test.ts',
  'packages/firestore-to-dynamodb-migration/src/execute-migration.{binding,in-process,queue}.test.ts',
  'packages/firestore-to-dynamodb-migration/src/readers/journal-reader.test.ts',
  'packages/e2e/src/chaos/chaos.test.ts',
  'apps/api/src/{binding,deletes,dry-run-collisions,failing-entries,integrity,no-data}.test.ts',
  'apps/api/src/{reliability,newer-items,ownership,prune,reset-user,run,subcollections,verification}.test.ts',
];
const onVendors = process.env['SERVICES'] === 'vendors';

export default defineConfig({
  test: {
    include: onVendors ? vendorsSuites : [everyTest],
    exclude: onVendors ? [] : [vendorsTest],
    globalSetup: './packages/devkit/src/vitest-global-setup.ts',
    env: { METADATA_SERVER_DETECTION: 'none', AWS_EC2_METADATA_DISABLED: 'true' },
    // Most tests wait for servers most of the time: more at once than there are cores.
    maxWorkers: 4,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
