export { bindingResolver } from './binding-resolver.ts';
export { coordinate } from './coordinator/coordinate.ts';
export {
  type CoordinatorContext,
  defaultPaging,
  type EngineContext,
  type EngineSettings,
} from './engine-context.ts';
export { tryCountEntries } from './coordinator/listings.ts';
export { startSupervisor } from './coordinator/supervisor.ts';
export { withinLimit } from './coordinator/within-limit.ts';
export { runInProcess } from './in-process.ts';
export { runToEnd } from './run-to-end.ts';
export { joinSignals } from './join-signals.ts';
export { AttemptWatcher } from './leases/attempt-watcher.ts';
export { createMemoryLedger } from './memory-ledger/memory-ledger.ts';
export * as answers from './api/answers.ts';
export { apiBasePath } from './api/requests.ts';
export * as requests from './api/requests.ts';
export type { MigrationReport, MigrationStats, PruneReport, SubcollectionReport } from './api/reports.ts';
export type { RollbackAnswer, RollbacksPage, VerificationAnswer, VerificationsPage } from './api/answers.ts';
export type { CurrentStatus, PaceReport, Progress, Status, StatusState } from './api/status.ts';
export { currentStatus, type LiveView, progressOf } from './reports/current-status.ts';
export { hidingLedger, pseudonym, taskLabel, withoutUserData } from './reports/hide-user-data.ts';
export { estimate } from './reports/estimate.ts';
export { lastMigration, migrationReport, newestMigration } from './reports/migration-report.ts';
export { lastOutcome, outcomeMessage } from './reports/last-outcome.ts';
export { listedEntries } from './reports/listed-entries.ts';
export { type MarkedRun, markedRun } from './reports/marked-run.ts';
export { rollbackReport } from './reports/rollback-report.ts';
export { issueKinds, verificationReport } from './reports/verification-report.ts';
export { runTask } from './tasks/run-task.ts';
export type { AttemptOptions, TaskResult } from './tasks/task-attempt.ts';
export { createMemoryRateLimit } from './throttle/memory-rate-limit.ts';
export { AdaptiveConcurrencyLimit } from './throttle/adaptive-concurrency-limit.ts';
export { RateController } from './throttle/rate-controller.ts';
export { type RateSample, type SharedRateLimit, windowOf, takeFrom } from './throttle/shared-rate-limit.ts';
export { throttledSource, throttledTarget } from './throttle/throttled-services.ts';
export { controlCurrent, hasLeases } from './operations/control-operation.ts';
export { preflight } from './operations/preflight.ts';
export { otherLedgerReason, requireSameBinding } from './operations/require-binding.ts';
export { OperationRunningError, retryMigration, startOperation } from './operations/start-operation.ts';
export { readRunMarker } from './operations/run-markers.ts';
export { startTimeOf } from './operations/start-time.ts';
export { isStuck, type RunProgress, throwIfAborted, waitForEnd } from './operations/wait-for-end.ts';
export { waitForOperation } from './operations/wait-for-operation.ts';
