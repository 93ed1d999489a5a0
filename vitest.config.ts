import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

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
/** Files that take long and mostly wait, so that they leave the CPU to others meanwhile. */
const waiting =
  /e2e\/src\/(?:chaos|deployment)\/|api\/src\/(?:failing-entries|supervision|redis-refusals)\.|worker\/src\/(?:killed-deletes|worker|unfit-redis)\.|queue\/src\/redis-errors\.|execute-migration\.redis\./;

/** Starts a file that waits and one that works by turns: none of the long ones is left to the end, and no core is idle. */
class ByTurns extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- vitest's own, which makes another array
    const sorted = await super.sort(files);
    const [wait = [], work = []] = [true, false].map((waits) =>
      sorted.filter(({ moduleId }) => waiting.test(moduleId) === waits),
    );
    return [
      ...wait.flatMap((file, index) => [file, ...work.slice(index, index + 1)]),
      ...work.slice(wait.length),
    ];
  }
}

const onVendors = process.env['SERVICES'] === 'vendors';

export default defineConfig({
  test: {
    include: onVendors ? vendorsSuites : [everyTest],
    exclude: onVendors ? [] : [vendorsTest],
    globalSetup: './packages/devkit/src/vitest-global-setup.ts',
    env: {
      METADATA_SERVER_DETECTION: 'none',
      AWS_EC2_METADATA_DISABLED: 'true',
      // Programs that tests start, and the workers of vitest, compile each module only once for all of them.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('./node_modules/.cache/node-compile', import.meta.url)),
    },
    sequence: { sequencer: ByTurns },
    // Most tests wait for servers most of the time: more at once than there are cores.
    maxWorkers: onVendors ? 4 : 5,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
