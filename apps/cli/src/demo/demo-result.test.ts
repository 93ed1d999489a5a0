import type { MigrationReport } from '@migrator/engine';
import { sampleBinding } from '@migrator/devkit';
import { expect, it } from 'vitest';

import { demoResult, problemsOf } from './demo-result.ts';

const stats: MigrationReport['stats'] = {
  totalProcessed: 10,
  successCount: 9,
  failureCount: 0,
  skippedCount: 1,
  conflictCount: 0,
  newerCount: 0,
  prunedCount: 0,
  createdCount: 9,
  repairedCount: 0,
  users: { listed: 2, completed: 2, failed: 0 },
  bytesWritten: 9_000,
  writeUnits: 18,
  encodedAsTextCount: 0,
  warningCount: 0,
  compressedCount: 0,
  errors: [],
  startTime: '2026-11-22T10:00:00.000Z',
  endTime: '2026-11-22T10:00:02.500Z',
};

const complete: MigrationReport = {
  migrationId: 'migration-20261122T100000000Z',
  state: 'completed',
  dryRun: false,
  source: sampleBinding.source,
  target: sampleBinding.target,
  startedAt: stats.startTime,
  finishedAt: stats.endTime,
  stats,
  verification: {
    verificationId: 'verification-20261122T100001000Z',
    isValid: true,
    issueCounts: {
      missing: 0,
      different: 0,
      'source-changed': 0,
      unexpected: 0,
      'target-changed': 0,
      unknown: 0,
    },
    counts: { firestore: 10, dynamodb: 10 },
    subcollections: null,
    message: 'Verification shows no issues',
  },
  prune: null,
  subcollections: null,
  rolledBackBy: null,
  reason: null,
  advice: null,
};

it('is ok when every entry that was filled in was dealt with and compared', () => {
  const result = demoResult(
    complete,
    { users: 2, entries: 10 },
    { url: 'http://127.0.0.1:5000', env: { A: 'b' } },
  );
  expect(result).toMatchObject({
    ok: true,
    problems: [],
    users: 2,
    entries: 10,
    seconds: 2.5,
    environment: { A: 'b' },
  });
  expect(result.addresses).toEqual({
    dashboard: 'http://127.0.0.1:5000/',
    status: 'http://127.0.0.1:5000/api/migration/firestore-to-dynamodb/status',
    jobs: 'http://127.0.0.1:5000/admin/queues',
  });
});

it('is ok without a verification', () => {
  expect(problemsOf({ ...complete, verification: null }, 10)).toEqual([]);
});

it.each<[string, Partial<MigrationReport>]>([
  ['failed: no table', { state: 'failed', reason: 'no table' }],
  ['cancelled', { state: 'cancelled' }],
  ["totals don't add up", { stats: { ...stats, successCount: 8 } }],
  ['11 of 10 entries', { stats: { ...stats, totalProcessed: 11, successCount: 10 } }],
  ['1 entries failed', { stats: { ...stats, failureCount: 1, successCount: 8 } }],
  [
    'Data mismatch',
    { verification: { ...complete.verification!, isValid: false, message: 'Data mismatch: 1' } },
  ],
])('tells of a run that is %s', (words, change) => {
  expect(problemsOf({ ...complete, ...change }, 10)).toEqual([expect.stringContaining(words)]);
});
