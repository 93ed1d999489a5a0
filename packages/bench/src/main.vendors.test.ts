import { expect, test } from 'vitest';
import { limitMs, runQuick } from './testing/run-quick.ts';

test(
  "the group over the vendors' own engines works and says each of its figures under its name",
  async () => {
    const cores = ['worker', 'api', 'firestore', 'dynamodb'].map((process) => `vendors.cores.${process}`);
    const names = ['vendors.entriesPerSecond', 'vendors.workerCpuMicrosPerEntry', ...cores];
    expect(await runQuick('vendors')).toEqual(expect.arrayContaining(names));
  },
  limitMs,
);
