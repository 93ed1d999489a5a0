export { counted } from './counted.ts';
export { type CollectionNames, entryPath } from './entry-path.ts';
export { backoffDelay, type ErrorCode, isRedisCode, errorTable, type ErrorPolicy } from './error-codes.ts';
export { MigrationError, notRetryable } from './migration-error.ts';
export * from './ownership.ts';
export type * from './ports/source.ts';
export type * from './ports/target.ts';
export { maxItemsPerBatch } from './ports/target.ts';
export type * from './mapping/mapped-entry.ts';
export { mapEntry } from './mapping/map-entry.ts';
export { withoutTrailingZeros } from './values/trailing-zeros.ts';
export { ItemArena } from './mapping/item-arena.ts';
export { maxItemBytes, storedItemSize, writeUnitsOf } from './item-size.ts';
export { isDocumentId } from './document-id.ts';
export { dateKey, isStorableKey, maxDateKeyBytes, mayCollide } from './date-key.ts';
export type * from './operations/operation.ts';
export {
  failureIssue,
  firstPhases,
  greatestStays,
  listedKinds,
  stateResetOnRetry,
} from './operations/operation.ts';
export * from './operations/binding.ts';
export {
  addTo,
  type Counter,
  counters,
  type Deltas,
  entryOutcomeNames,
  entryOutcomes,
  processedEntries,
  digestSums,
  wholeDeltas,
  withoutDigest,
} from './operations/counters.ts';
export { migratedAtOf, operationId, operationKindOf } from './operations/operation-id.ts';
export { needsPruneCount, type PruneCounts, pruneRefusal } from './operations/prune-limits.ts';
export { decodeRunMarker, encodeRunMarker, type RunMarker } from './operations/run-marker.ts';
export { isTaskId, parseTaskId, type Task, taskId } from './operations/task-id.ts';
export type { Lease } from './ports/lease.ts';
export { leaseMs, leasesOutstanding } from './ports/lease.ts';
export type * from './ports/ledger.ts';
export { maxKeptIssues, quarantineAfterStarts } from './ports/ledger.ts';
export type * from './ports/dispatcher.ts';
export { listPrices, type Prices } from './prices.ts';
export { diffEntry, type EntryDiff } from './comparison/diff-entry.ts';
export type { FieldDifference } from './comparison/diff-attribute.ts';
export { isExactCopy, migratedAtOfExactCopy } from './comparison/is-exact-copy.ts';
export { parseItem } from './values/parse-item.ts';
export { mapOf, textOf } from './values/stored-attribute.ts';
export { expandItem } from './values/expand-item.ts';
export { createRedact, type Redact } from './redaction/redact.ts';
export { redactError } from './redaction/redact-error.ts';
export { redactErrorsOf } from './redaction/redact-errors-of.ts';
export { contentOf, isPath, secretsOf } from './redaction/secrets-of.ts';
export { type OnRetry, type RetryEvent, withRetries } from './retry/with-retries.ts';
export { abortable, abortedError } from './retry/abortable.ts';
