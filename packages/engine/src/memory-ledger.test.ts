import { ledgerContract } from '@migrator/testing';
import { createMemoryLedger } from './memory-ledger.ts';

ledgerContract('the ledger in memory', async (options) => ({
  ledger: createMemoryLedger(options),
  done: async () => {},
}));
