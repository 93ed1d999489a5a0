import { ledgerContract } from '@migrator/devkit/contracts';
import { createMemoryLedger } from './memory-ledger.ts';

ledgerContract('the ledger in memory', async (options) => ({
  ledger: createMemoryLedger(options),
  done: async () => {},
}));
