export { ConfigError } from '@migrator/config';
export { type ErrorCode, MigrationError } from '@migrator/core';
export type { MigrationStats, PruneReport, SubcollectionReport } from '@migrator/engine';
export { executeMigration } from './execute-migration.ts';
export type { MigrationProgress, MigrationResult, MigrationVerification } from './migration-result.ts';
export type { ExecuteMigrationOptions } from './options.ts';
export type { Journal, JournalMetadata } from './readers/journal.ts';
export type { JournalFields, JournalValue } from './readers/journal-value.ts';
export {
  createJournalReader,
  getJournal,
  getJournals,
  type JournalReader,
  type JournalReaderOptions,
  type ReadOptions,
} from './readers/journal-reader.ts';
