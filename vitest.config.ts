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
/** Tests that leave nothing behind in their process, so that many files can share one and import everything only once. */
const sharing = [
  'apps/api/src/**/*.test.ts',
  'packages/{config,core,engine,firestore-emulator,queue,runtime}/src/**/*.test.ts',
];
/** Files that take long because they wait: they leave the CPU to others meanwhile. */
const waiting =
  /e2e\/src\/(?:chaos|deployment)\/|api\/src\/(?:failing-entries|supervision|redis-refusals)\.|worker\/src\/(?:killed-deletes|worker|unfit-redis)\.|queue\/src\/redis-errors\.|execute-migration\.redis\./;
/** Files that take long because they compute. */
const computing =
  /browser\.|linear-expressions|bench\/src\/main|is-exact-copy\.property|documents\/commands|back-?up\.test|(?:demo|stop|reliability)\.test/;

/** Alternates between files that wait and files that compute. Long ones come first, so that none is left at the end. */
class Alternating extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- vitest's own, which makes another array
    const sorted = await super.sort(files);
    const groups = Object.groupBy(sorted, ({ moduleId }) => {
      if (waiting.test(moduleId)) return 'wait';
      return computing.test(moduleId) ? 'compute' : 'short';
    });
    const { wait = [], compute = [], short = [] } = groups;
    const work = [...compute, ...short];
    return [
      ...wait.flatMap((file, index) => [file, ...work.slice(index, index + 1)]),
      ...work.slice(wait.length),
    ];
  }
}

const onVendors = process.env['SERVICES'] === 'vendors';
const projects = onVendors
  ? [{ name: 'vendors', include: vendorsSuites }]
  : [
      { name: 'shared process', include: sharing, exclude: [vendorsTest], isolate: false },
      { name: 'own process', include: [everyTest], exclude: [vendorsTest, ...sharing] },
    ];

export default defineConfig({
  test: {
    projects: projects.map((test) => ({ extends: true as const, test })),
    globalSetup: './packages/devkit/src/vitest-global-setup.ts',
    env: {
      METADATA_SERVER_DETECTION: 'none',
      AWS_EC2_METADATA_DISABLED: 'true',
      // Programs that tests start, and the workers of vitest, compile each module only once for all of them.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('./node_modules/.cache/node-compile', import.meta.url)),
    },
    sequence: { sequencer: Alternating },
    // Most tests wait for servers most of the time: more at once than there are cores.
    maxWorkers: onVendors ? 4 : 5,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
