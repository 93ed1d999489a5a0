import type { Binding } from '@migrator/core';

/** What a test's operations are bound to where it does not matter. */
export const sampleBinding: Binding = {
  source: {
    project: 'demo-project',
    database: '(default)',
    usersCollection: 'users',
    journalCollection: 'trading-journal',
  },
  target: { table: 'journals', region: 'us-east-1', endpoint: 'http://127.0.0.1:8000' },
  settings: { oversize: 'fail' },
};
