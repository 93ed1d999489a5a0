import { basePath } from './api.js';
import { html } from 'htm/preact';
import { Figures } from './parts.js';
import { hrefOf } from './route.js';
import { amount, counted, duration, sentence, size, sourceWords, targetWords } from './words.js';

/**
 * @import { MigrationReport, RollbackAnswer, VerificationAnswer } from '@migrator/engine'
 * @import { Result } from './outcome.js'
 */

/** @import { FigureRow as Row } from './parts.js' */

/**
 * The figures of an operation.
 * @param {{ result: Result, bound?: boolean }} props `bound`: also shows source and target
 */
export function Report({ result, bound }) {
  const { source, target } = result.answer;
  return html`
    ${
      bound &&
      html`<${Figures}
        rows=${[
          ['From Firestore', sourceWords(source)],
          ['To DynamoDB', targetWords(target)],
        ]}
      />`
    }
    ${
      result.kind === 'migration'
        ? html`<${MigrationPart} report=${result.answer} />`
        : result.kind === 'verification'
          ? html`<${VerificationPart} answer=${result.answer} />`
          : html`<${RollbackPart} answer=${result.answer} />`
    }
  `;
}

/** @param {{ report: MigrationReport }} props */
function MigrationPart({ report }) {
  const { migrationId, stats, estimate, verification, prune, subcollections } = report;
  return html`
    <${Figures} rows=${statsRows(report)} />
    ${prune && html`<p>${sentence(prune.message)}</p>`}
    ${subcollections && html`<p class="quiet">${sentence(subcollections.message)}</p>`}
    ${
      estimate &&
      html`<h2>What a migration would take</h2>
        <${Figures} rows=${estimateRows(estimate)} />`
    }
    <p class="links">
      ${
        stats.failureCount + stats.users.failed > 0 &&
        html`<a href=${hrefOf('failures', { run: migrationId })}
          >${counted(stats.failureCount, 'failure')}</a
        >`
      }
      ${verification && html`<a href=${hrefOf('verification', { id: verification.verificationId })}>Verification</a>`}
      <a href=${`${basePath}/migrations/${migrationId}`}>As JSON</a>
    </p>
  `;
}

/**
 * @param {MigrationReport} report
 * @returns {Row[]}
 */
function statsRows({ migrationId: id, stats }) {
  /** @param {string} kind */
  const list = (kind) => hrefOf('entries', { id, kind });
  return [
    ['Processed', amount(stats.totalProcessed)],
    ['Succeeded', amount(stats.successCount)],
    ['of which created', amount(stats.createdCount)],
    ['of which repaired', amount(stats.repairedCount)],
    ['Skipped', amount(stats.skippedCount)],
    linked('of which conflicts', stats.conflictCount, 'warn', list('conflict')),
    linked('Failed', stats.failureCount, 'bad', hrefOf('failures', { run: id })),
    ['Users', `${amount(stats.users.completed)} of ${amount(stats.users.listed)}`],
    ...ifAny('Users with failures', stats.users.failed, 'bad'),
    ['Written', size(stats.bytesWritten)],
    ['Write units', amount(stats.writeUnits)],
    ...ifAny('Item is newer', stats.newerCount, '', list('newer')),
    ...ifAny('Pruned', stats.prunedCount, '', list('pruned')),
    ...ifAny('Numbers stored as text', stats.encodedAsTextCount, '', list('encoded-as-text')),
    ...ifAny('Fields of another type', stats.warningCount, 'warn', list('unexpected-type')),
    ...ifAny('Compressed', stats.compressedCount),
  ];
}

/**
 * @param {string} term
 * @param {number} count
 * @param {string} [tone]
 * @param {string} [href] of the list
 * @returns {Row[]} a row, or none where there is nothing
 */
function ifAny(term, count, tone = '', href) {
  return count > 0 ? [[term, amount(count), tone, href]] : [];
}

/**
 * @param {string} term
 * @param {number} count
 * @param {string} tone
 * @param {string} href
 * @returns {Row} coloured, and a link, where there is something
 */
function linked(term, count, tone, href) {
  return count > 0 ? [term, amount(count), tone, href] : [term, amount(count)];
}

const dollars = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 4,
});

/**
 * @param {NonNullable<MigrationReport['estimate']>} estimate
 * @returns {Row[]}
 */
function estimateRows({ cost, firestoreReads, dynamodbWriteUnits, bytes, users, secondsAt }) {
  return [
    ['Cost, about', dollars.format(cost.total)],
    ['Firestore reads', `${amount(firestoreReads.run)} (${amount(firestoreReads.verification)} to verify)`],
    ['Write units', amount(dynamodbWriteUnits)],
    ['Written', size(bytes)],
    ['Users without a document', amount(users.withoutDocument)],
    ...secondsAt.map(
      ({ writeUnitsPerSecond, seconds, says }) =>
        /** @type {Row} */ ([
          `At ${amount(writeUnitsPerSecond)} write units a second (${says})`,
          duration(seconds),
        ]),
    ),
  ];
}

/** @param {{ answer: VerificationAnswer }} props */
function VerificationPart({ answer: { verificationId, counts, subcollections } }) {
  return html`
    <${Figures}
      rows=${[
        ['Entries in Firestore', amount(counts.firestore)],
        ['Items in DynamoDB', amount(counts.dynamodb)],
      ]}
    />
    ${subcollections && html`<p class="quiet">${sentence(subcollections.message)}</p>`}
    <p class="links">
      <a href=${hrefOf('verification', { id: verificationId })}>Differences</a>
      <a href=${`${basePath}/verifications/${verificationId}`}>As JSON</a>
    </p>
  `;
}

/** @param {{ answer: RollbackAnswer }} props */
function RollbackPart({ answer }) {
  return html`
    <${Figures} rows=${rollbackRows(answer)} />
    <p class="links"><a href=${`${basePath}/rollbacks/${answer.rollbackId}`}>As JSON</a></p>
  `;
}

/**
 * @param {RollbackAnswer} answer
 * @returns {Row[]}
 */
export function rollbackRows({ rollbackId: id, dryRun, deleted, scanned, kept, keptReasons, bytes }) {
  /** @param {string} kind */
  const list = (kind) => hrefOf('entries', { id, kind });
  return [
    dryRun ? linked('To be deleted', deleted, '', list('deleted')) : ['Deleted', amount(deleted)],
    ['Items scanned', amount(scanned)],
    ['Kept', amount(kept)],
    ...ifAny('saved by the application since', keptReasons.changedByApplication, '', list('keptChanged')),
    ...ifAny('not from a migration', keptReasons.notMigrated, '', list('keptForeign')),
    ...ifAny('from another run', keptReasons.otherRun, '', list('keptOtherRun')),
    ...ifAny('key and content disagree', keptReasons.misplaced, 'warn', list('keptMisplaced')),
    ...(bytes === null ? [] : [/** @type {Row} */ (['Size', size(bytes)])]),
  ];
}
