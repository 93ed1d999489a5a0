import { issueSummary } from './advice.js';
import { amount, counted, period, sentence } from './words.js';

/**
 * The outcome of an operation as text.
 *
 * @import { MigrationReport, RollbackAnswer, VerificationAnswer } from '@migrator/engine'
 * @import { Tone } from './words.js'
 */

/** @typedef {{ kind: 'migration', answer: MigrationReport }} EndedMigration */
/** @typedef {{ kind: 'verification', answer: VerificationAnswer }} EndedVerification */
/** @typedef {{ kind: 'rollback', answer: RollbackAnswer }} EndedRollback */
/** @typedef {EndedMigration | EndedVerification | EndedRollback} Result */
/** @typedef {{ title: string, tone: Tone, details: string[] }} Outcome */

/** @param {Result} result */
export function idOf(result) {
  switch (result.kind) {
    case 'migration':
      return result.answer.migrationId;
    case 'verification':
      return result.answer.verificationId;
    case 'rollback':
      return result.answer.rollbackId;
  }
}

/**
 * Newest first. Of each list only a part is known: what is older than that part of any list is left out.
 * @param {readonly { results: readonly Result[], hasMore: boolean }[]} lists each newest first
 */
export function mergeLists(lists) {
  const ends = lists
    .filter(({ hasMore }) => hasMore)
    .map(({ results }) => results.at(-1)?.answer.startedAt ?? '');
  const horizon = ends.toSorted().at(-1) ?? '';
  return lists
    .flatMap(({ results }) => results)
    .filter(({ answer }) => answer.startedAt >= horizon)
    .toSorted((a, b) => b.answer.startedAt.localeCompare(a.answer.startedAt));
}

/**
 * @param {Result} result
 * @returns {Outcome}
 */
export function outcomeOf(result) {
  const outcome = describe(result);
  const details = outcome.details.filter((text) => text !== '').map(sentence);
  return { ...outcome, details: [...details, sentence(period(result.answer))] };
}

/**
 * @param {Result} result
 * @returns {Outcome}
 */
function describe(result) {
  switch (result.kind) {
    case 'migration':
      return migrationOutcome(result.answer);
    case 'verification':
      return verificationOutcome(result.answer);
    case 'rollback':
      return rollbackOutcome(result.answer);
  }
}

/**
 * @param {MigrationReport} report
 * @returns {Outcome}
 */
function migrationOutcome({ state, dryRun, stats, verification, reason, rolledBackBy, advice }) {
  const name = dryRun ? 'Dry run' : 'Migration';
  const figures = dryRun
    ? `${counted(stats.successCount, 'entry')} would be written, ${amount(stats.skippedCount)} skipped, ${amount(stats.failureCount)} would fail`
    : `${counted(stats.successCount, 'entry')} written, ${amount(stats.skippedCount)} skipped, ${amount(stats.failureCount)} failed`;
  const details = [...(reason === null ? [] : [reason]), figures, ...(advice === null ? [] : [advice])];
  if (dryRun) details.push('Nothing was written');
  if (rolledBackBy !== null)
    return {
      title: 'Migration rolled back',
      tone: 'warn',
      details: [`Rolled back by ${rolledBackBy}`, figures],
    };
  switch (state) {
    case 'running':
      return { title: `${name} running`, tone: 'wait', details };
    case 'failed':
      return { title: `${name} failed`, tone: 'bad', details };
    case 'cancelled':
      return { title: `${name} cancelled`, tone: 'warn', details };
    case 'completed':
    case 'completed-with-failures':
      break;
  }
  const failed =
    stats.failureCount > 0
      ? counted(stats.failureCount, 'failed entry')
      : counted(stats.users.failed, 'failed user');
  const message =
    verification === null
      ? []
      : [verification.isValid ? verification.message : `Verification: ${verdictOf(verification)}`];
  if (dryRun)
    return state === 'completed'
      ? { title: 'Dry run complete', tone: 'good', details }
      : { title: `Dry run complete: ${failed.replace('failed ', '')} would fail`, tone: 'warn', details };
  if (state === 'completed-with-failures')
    return { title: `Migration ended with ${failed}`, tone: 'bad', details: [...details, ...message] };
  if (verification?.isValid === false)
    return {
      title: 'Migration complete, verification invalid',
      tone: 'bad',
      details: [...message, ...details],
    };
  return verification === null
    ? { title: 'Migration complete, not verified', tone: 'good', details }
    : { title: 'Migration complete and verified', tone: 'good', details: [...details, ...message] };
}

/**
 * @param {VerificationAnswer} answer
 * @returns {Outcome}
 */
function verificationOutcome(answer) {
  const { state, isValid, counts } = answer;
  const details = [
    verdictOf(answer),
    `${counted(counts.firestore, 'entry')} in Firestore, ${counted(counts.dynamodb, 'item')} in DynamoDB`,
  ];
  if (state === 'running') return { title: 'Verification running', tone: 'wait', details };
  if (state === 'cancelled') return { title: 'Verification cancelled', tone: 'warn', details };
  if (isValid === true) return { title: 'Verification valid', tone: 'good', details };
  return { title: state === 'failed' ? 'Verification failed' : 'Verification invalid', tone: 'bad', details };
}

/**
 * The issues by kind, or the server's message if there are none.
 * @param {Pick<VerificationAnswer, 'isValid' | 'issueCounts' | 'message'>} verification
 */
function verdictOf({ isValid, issueCounts, message }) {
  return isValid === false ? issueSummary(issueCounts) || message : message;
}

/**
 * @param {RollbackAnswer} answer
 * @returns {Outcome}
 */
function rollbackOutcome({ state, success, dryRun, message, deleted, kept }) {
  const name = dryRun ? 'Rollback dry run' : 'Rollback';
  const figures = `${counted(deleted, 'item')} ${dryRun ? 'would be deleted' : 'deleted'}, ${amount(kept)} kept`;
  if (state === 'running') return { title: `${name} running`, tone: 'wait', details: [figures] };
  if (state === 'cancelled') return { title: `${name} cancelled`, tone: 'warn', details: [figures] };
  if (success) return { title: `${name} complete`, tone: 'good', details: [figures] };
  return { title: `${name} failed`, tone: 'bad', details: [message, figures] };
}
