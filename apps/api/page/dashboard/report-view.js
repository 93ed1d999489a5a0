import { basePath } from './api.js';
import { dataLink, element, figures, link } from './dom.js';
import { amount, counted, duration, endWords, moment, size } from './words.js';

/**
 * @import { MigrationReport, RollbackAnswer, VerificationAnswer } from '@migrator/engine'
 */

const shownErrors = 5;

/**
 * All there is to say about one run.
 * @param {MigrationReport} report
 * @returns {Node[]}
 */
export function migrationNodes(report) {
  const {
    migrationId,
    state,
    dryRun,
    startedAt,
    finishedAt,
    stats,
    verification,
    reason,
    rolledBackBy,
    estimate,
  } = report;
  const { says, tone } = endWords(state);
  const seconds = finishedAt === null ? null : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000;
  /** @type {Node[]} */
  const nodes = [
    element(
      'p',
      {},
      element('strong', { class: 'badge', 'data-tone': tone }, dryRun ? `${says} (dry run)` : says),
      ` ${moment(startedAt)}${seconds === null ? '' : `, took ${duration(seconds)}`} `,
      element('span', { class: 'quiet' }, migrationId),
    ),
  ];
  if (reason !== null) nodes.push(notice('warn', reason));
  if (rolledBackBy !== null) nodes.push(notice('warn', `It was rolled back (${rolledBackBy}).`));
  if (verification !== null)
    nodes.push(notice(verification.isValid ? 'good' : 'bad', `${verification.message}.`));
  else if (!dryRun) nodes.push(element('p', { class: 'quiet' }, 'It was not verified.'));
  nodes.push(figures(statsRows(stats)));
  if (estimate !== undefined) nodes.push(...estimateNodes(estimate));
  nodes.push(...errorNodes(report));
  nodes.push(
    element(
      'p',
      { class: 'links' },
      dataLink(`${basePath}/migrations/${migrationId}`, 'Report'),
      ...(verification === null
        ? []
        : [dataLink(`${basePath}/verifications/${verification.verificationId}`, 'Verification')]),
      link('admin/queues', 'Jobs'),
    ),
  );
  return nodes;
}

/**
 * @param {MigrationReport['stats']} stats
 * @returns {[string, string, string?][]}
 */
function statsRows(stats) {
  return [
    ['Processed', amount(stats.totalProcessed)],
    ['Succeeded', amount(stats.successCount)],
    ['of which created', amount(stats.createdCount)],
    ['of which repaired', amount(stats.repairedCount)],
    ['Skipped', amount(stats.skippedCount)],
    ['of which conflicts', amount(stats.conflictCount), stats.conflictCount > 0 ? 'warn' : ''],
    ['Failed', amount(stats.failureCount), stats.failureCount > 0 ? 'bad' : ''],
    ['Users', `${amount(stats.users.completed)} of ${amount(stats.users.listed)}`],
    ...ifAny('Users with failures', stats.users.failed, 'bad'),
    ['Written', size(stats.bytesWritten)],
    ['Write units', amount(stats.writeUnits)],
    ...ifAny('Numbers stored as text', stats.encodedAsTextCount),
    ...ifAny('Fields of another type', stats.warningCount, 'warn'),
    ...ifAny('Compressed', stats.compressedCount),
  ];
}

/**
 * @param {string} term
 * @param {number} count
 * @param {string} [tone]
 * @returns {[string, string, string][]} a row, or none where there is nothing
 */
function ifAny(term, count, tone = '') {
  return count > 0 ? [[term, amount(count), tone]] : [];
}

/**
 * What a dry run predicts.
 * @param {NonNullable<MigrationReport['estimate']>} estimate
 * @returns {Node[]}
 */
function estimateNodes({ cost, firestoreReads, dynamodbWriteUnits, bytes, users, secondsAt }) {
  const dollars = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    maximumFractionDigits: 4,
  });
  return [
    element('h3', {}, 'What a real run would take'),
    figures([
      ['About', dollars.format(cost.total)],
      ['Firestore reads', `${amount(firestoreReads.run)} (${amount(firestoreReads.verification)} to verify)`],
      ['Write units', amount(dynamodbWriteUnits)],
      ['Written', size(bytes)],
      ['Users without a document', amount(users.withoutDocument)],
      ...secondsAt.map(
        ({ writeUnitsPerSecond, seconds, says }) =>
          /** @type {const} */ ([
            `At ${amount(writeUnitsPerSecond)} write units/s (${says})`,
            duration(seconds),
          ]),
      ),
    ]),
  ];
}

/**
 * @param {MigrationReport} report
 * @returns {Node[]}
 */
function errorNodes({ migrationId, stats: { errors, failureCount } }) {
  if (errors.length === 0) return [];
  const first = errors.slice(0, shownErrors);
  const head =
    failureCount > first.length
      ? `The first ${first.length} of ${counted(failureCount, 'failure')}`
      : counted(errors.length, 'failure');
  return [
    element('h3', {}, head),
    list(first.map(({ path, code, message }) => ({ name: path, code, message }))),
    element('p', {}, dataLink(`${basePath}/migrations/${migrationId}/failures`, 'All failures')),
  ];
}

/**
 * @param {VerificationAnswer} answer
 * @returns {Node[]}
 */
export function verificationNodes({ verificationId, isValid, message, counts, issues, state }) {
  return [
    notice(isValid ? 'good' : state === 'cancelled' ? 'warn' : 'bad', `${message}.`),
    figures([
      ['Entries in Firestore', amount(counts.firestore)],
      ['Items in DynamoDB', amount(counts.dynamodb)],
    ]),
    ...(issues.length === 0
      ? []
      : [
          list(
            issues
              .slice(0, shownErrors)
              .map(({ kind, path, dateKey }) => ({ name: path ?? dateKey ?? '', code: kind, message: '' })),
          ),
        ]),
    element('p', {}, dataLink(`${basePath}/verifications/${verificationId}`, 'All of it')),
  ];
}

/**
 * @param {RollbackAnswer} answer
 * @returns {Node[]}
 */
export function rollbackNodes({ rollbackId, success, message, scanned, kept, keptReasons, bytes }) {
  return [
    notice(success === false ? 'bad' : 'good', `${message}.`),
    figures([
      ['Items looked at', amount(scanned)],
      ['Kept', amount(kept)],
      ...ifAny('saved by the application since', keptReasons.changedByApplication),
      ...ifAny('not from a migration', keptReasons.notMigrated),
      ...ifAny('of another run', keptReasons.otherRun),
      ...ifAny('key and content disagree', keptReasons.misplaced),
      ...(bytes === null ? [] : [/** @type {const} */ (['To be deleted', size(bytes)])]),
    ]),
    element('p', {}, dataLink(`${basePath}/rollbacks/${rollbackId}`, 'All of it')),
  ];
}

/**
 * @param {string} tone
 * @param {string} text
 */
export function notice(tone, text) {
  return element('p', { class: 'notice', 'data-tone': tone }, text.replace(/([.!?])\.$/, '$1'));
}

/** @param {readonly { name: string, code: string, message: string }[]} rows */
function list(rows) {
  return element(
    'ul',
    { class: 'errors' },
    ...rows.map(({ name, code, message }) =>
      element(
        'li',
        {},
        element('code', {}, name),
        element('span', { class: 'badge', 'data-tone': 'bad' }, code),
        ` ${message}`,
      ),
    ),
  );
}
