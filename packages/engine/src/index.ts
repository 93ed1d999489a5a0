export { bindingResolver } from './binding-resolver.ts';
export { coordinate, type Round } from './coordinator/coordinate.ts';
export {
  type CoordinatorContext,
  defaultPaging,
  type EngineContext,
  type EngineSettings,
} from './engine-context.ts';
export { startSupervisor } from './coordinator/supervisor.ts';
export { withinLimit } from './coordinator/within-limit.ts';
export { runInProcess } from './in-process.ts';
export { joinSignals, type JoinedSignals } from './join-signals.ts';
export { AttemptWatcher } from './leases/attempt-watcher.ts';
export { createMemoryLedger, type MemoryLedgerOptions } from './memory-ledger.ts';
export {
  currentStatus,
  type CurrentStatus,
  type Progress,
  progressOf,
  type StatusState,
} from './reports/current-status.ts';
export { hidingLedger, pseudonym, taskLabel, withoutUserData } from './reports/hide-user-data.ts';
export { estimate, type Estimate } from './reports/estimate.ts';
export { lastMigration, migrationReport, type MigrationReport } from './reports/migration-report.ts';
export { type EntryKind, entryKinds, listedEntries } from './reports/listed-entries.ts';
export type { PruneReport } from './reports/prune-report.ts';
export type { SubcollectionReport } from './reports/subcollection-report.ts';
export { type MarkedRun, markedRun } from './reports/marked-run.ts';
export { rollbackReport, type RollbackReport } from './reports/rollback-report.ts';
export {
  type IssueKind,
  issueKinds,
  verificationReport,
  type VerificationReport,
} from './reports/verification-report.ts';
export { runTask, type AttemptOptions, type TaskResult } from './tasks/run-task.ts';
export type { LimitedBy, PaceReport } from './throttle/pace-report.ts';
export { createMemoryRateLimit } from './throttle/memory-rate-limit.ts';
export { AdaptiveConcurrencyLimit } from './throttle/adaptive-concurrency-limit.ts';
export { RateController, type RateControllerOptions } from './throttle/rate-controller.ts';
export { type Grant, type RateSample, type SharedRateLimit, windowOf } from './throttle/shared-rate-limit.ts';
export { throttledSource } from './throttle/throttled-source.ts';
export { throttledTarget } from './throttle/throttled-target.ts';
export { takeFrom } from './throttle/take-from.ts';
export { controlCurrent } from './operations/control-operation.ts';
export { hasLeases } from './operations/has-leases.ts';
export { preflight } from './operations/preflight.ts';
export { requireOwnRuns, requireSameBinding } from './operations/require-binding.ts';
export { OperationRunningError, retryMigration, startOperation } from './operations/start-operation.ts';
export { readRunMarker } from './operations/run-markers.ts';
export { startTimeOf } from './operations/start-time.ts';
export { waitForEnd } from './operations/wait-for-end.ts';
