import { userIn } from './failures.js';
import { amount } from './words.js';

/** Lists of entries that are counted beside failures and differences. No DOM, no network. */

/** @typedef {{ label: string, means: string, todo: string }} ListWords */
/** @typedef {{ path: string | null, dateKey: string | null, field?: string | undefined }} ListedEntry */

/** @type {Readonly<Record<string, ListWords>>} */
const ofRuns = {
  conflict: {
    label: 'Conflicts',
    means: 'The application has saved these items. The run did not change them.',
    todo: 'Nothing, if the application has moved to DynamoDB. Else find out which program wrote them.',
  },
  newer: {
    label: 'Item is newer',
    means: 'A newer run wrote these items, or they have a newer version of the entry.',
    todo: 'Nothing.',
  },
  'encoded-as-text': {
    label: 'Numbers stored as text',
    means: 'These entries have numbers that DynamoDB can not store: NaN, Infinity, or out of its range.',
    todo: 'Let the application read such a value as text: "NaN", "Infinity", "-Infinity".',
  },
  'unexpected-type': {
    label: 'Fields of another type',
    means:
      'trades is no array, or heatmap, performance, risk or summary is no map. They are copied unchanged.',
    todo: 'Make sure that the application can read them.',
  },
  pruned: {
    label: 'Pruned',
    means: 'Items whose entry is no longer in Firestore. The run removed them; a dry run only lists them.',
    todo: 'Nothing.',
  },
};

/** @type {Readonly<Record<string, ListWords>>} */
const ofRollbacks = {
  keptChanged: {
    label: 'Saved by the application since',
    means: 'They belong to the application now, so the rollback kept them.',
    todo: 'Nothing.',
  },
  keptForeign: {
    label: 'Not from a migration',
    means: 'No migration wrote these items, so the rollback kept them.',
    todo: 'Nothing.',
  },
  keptOtherRun: {
    label: 'From another run',
    means: 'Another run wrote these items, so the rollback kept them.',
    todo: 'Roll back that run, or all migrations, if they are to go too.',
  },
  keptMisplaced: {
    label: 'Key and content disagree',
    means: 'The key of the item does not match its user and date, so the rollback kept it.',
    todo: 'Check the item by its key, and find out which program wrote it.',
  },
  deleted: {
    label: 'To be deleted',
    means: 'A dry run lists what a rollback would delete.',
    todo: 'Nothing.',
  },
};

/** @param {'migration' | 'verification' | 'rollback'} kind of the operation */
export function listsOf(kind) {
  return kind === 'rollback' ? ofRollbacks : ofRuns;
}

/** The list that has what a counter of a run's progress counts. */
export const listOfCounter = /** @type {Readonly<Record<string, string>>} */ ({
  conflicts: 'conflict',
  newer: 'newer',
  encodedAsText: 'encoded-as-text',
  warnings: 'unexpected-type',
  keptChanged: 'keptChanged',
  keptForeign: 'keptForeign',
  keptOtherRun: 'keptOtherRun',
  keptMisplaced: 'keptMisplaced',
});

const keptOfAKind = 10_000;

/**
 * That not all are listed, as far as it is known.
 * @param {{ done: boolean, listed: number, count: number }} list
 */
export function keptWords({ done, listed, count }) {
  if (done && listed === 0 && count > 0) return ' The list is gone: those of the ten newest are kept.';
  if (done && listed < count) return ` The first ${amount(listed)} are listed, all are counted.`;
  return !done && count > keptOfAKind ? ' The first 10,000 are listed, all are counted.' : '';
}

export const entryColumns = ['user', 'path', 'key', 'field'];

/** @param {ListedEntry} entry */
export function entryCells({ path, dateKey, field = '' }) {
  return [path === null ? '' : userIn(path), path ?? '', dateKey ?? '', field];
}
