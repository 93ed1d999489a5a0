import { expect, test } from 'vitest';
import { limitMs, runQuick } from './testing/run-quick.ts';

test(
  'every group works over the fakes and says each of its figures under its name',
  async () => {
    expect(await runQuick('map', 'pipeline', 'growth')).toEqual(expect.arrayContaining(names));
  },
  limitMs,
);

const names = [
  'pipeline.safe.cpuMicrosPerEntry',
  'pipeline.safe.entriesPerSecond',
  'pipeline.safe.peakRssMegabytes',
  'pipeline.safe.tls.cpuMicrosPerEntry',
  'pipeline.safe.one-by-one.cpuMicrosPerEntry',
  'pipeline.unconditional.cpuMicrosPerEntry',
  'naive.cpuMicrosPerEntry',
  'naive.batched.cpuMicrosPerEntry',
  'floor.cpuMicrosPerEntry',
  'verify.cpuMicrosPerEntry',
  'rollback.cpuMicrosPerItem',
  'map.ordinary.cpuMicrosPerEntry',
  'map.ugly.cpuMicrosPerEntry',
  'ratio.naiveToSafe',
  'ratio.safeToFloor',
  'ratio.safeToUnconditional',
  'ratio.oneByOneToSafe',
  'ratio.verifyToFloor',
  'ratio.safeSpeedToFloor',
  'ratio.twoWorkersToOne',
  'difference.tlsMicrosPerEntry',
  'difference.userMicrosBesideEntries',
  'growth.workers.2.cpuMicrosPerEntry',
];
