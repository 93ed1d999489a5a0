export { describeSourceContract, type OpenSource } from './source-contract.ts';
export { describeTargetContract, type OpenTarget, type TargetUnderTest } from './target-contract.ts';
export {
  ledgerContract,
  type LedgerHarness,
  type LedgerSettings,
  type MakeLedger,
} from './ledger/ledger-contract.ts';
