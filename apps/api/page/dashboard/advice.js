import { amount } from './words.js';

/** The meaning of each failure and each difference, and what to do. */

/** @type {Readonly<Record<string, string>>} */
const codes = {
  ITEM_TOO_LARGE:
    "The item would be larger than DynamoDB's 400 KB. Make the entry smaller in Firestore, or start a new migration with OVERSIZE=gzip.",
  KEY_TOO_LONG:
    "The item's key would be longer than DynamoDB's 2,048 bytes. Shorten the user id or the date in Firestore.",
  KEY_COLLISION:
    'Two entries give the same key. Only ids with an underscore can collide: rename one of the two in Firestore.',
  UNSUPPORTED_VALUE:
    'The entry holds a kind of value that this release can not copy. Change the value in Firestore, or update the migrator.',
  INVALID_ITEM: 'DynamoDB refused this item. See the message, and correct the entry in Firestore.',
  MALFORMED_DOCUMENT: 'The document could not be read. Save it again in Firestore.',
  SOURCE_MESSAGE_TOO_LARGE: 'The document is too large for one message. Make it smaller in Firestore.',
  ACCESS_DENIED: 'DynamoDB denied access. Give the migration the permissions that the message names.',
  SOURCE_ACCESS_DENIED: 'Firestore denied access. Give the service account the role Cloud Datastore Viewer.',
  SOURCE_INVALID: 'Firestore refused the request. See the message.',
  TABLE_NOT_FOUND: 'The table does not exist. Create it, or correct DYNAMODB_TABLE and AWS_REGION.',
  SOURCE_UNAVAILABLE: 'Firestore could not be reached for too long. Retry when it answers again.',
  TARGET_UNAVAILABLE: 'DynamoDB could not be reached for too long. Retry when it answers again.',
  THROTTLED: "The table's capacity was used up. Raise it or set a lower limit, then retry.",
  POISONED:
    "This user's job ended its worker several times. See the worker's log and its memory, then retry.",
  NOT_SUPPORTED: 'This DynamoDB does not support a required call. Some local ones do not.',
  INTERNAL: "An internal error. See the worker's log, then retry.",
};

/** @param {string} code */
export function adviceFor(code) {
  return codes[code] ?? 'Correct what the message says, then retry.';
}

/** @typedef {{ label: string, one: string, many: string, means: string, todo: string, tone: 'bad' | 'warn' }} IssueWords */

/** @type {Readonly<Record<string, IssueWords>>} */
const issues = {
  missing: {
    one: 'entry without an item',
    many: 'entries without an item',
    label: 'Without an item',
    means: 'The entry is in Firestore, and the table has no item for it.',
    todo: 'Start a new migration: it writes what is missing. If the entry has failed, see Failures.',
    tone: 'bad',
  },
  different: {
    one: 'item that differs from its entry',
    many: 'items that differ from their entries',
    label: 'Different',
    means: 'The item differs from its entry, which has not changed since it was copied.',
    todo: 'Start a new migration: it repairs the item. If it happens again, look for another program that writes to the table.',
    tone: 'bad',
  },
  'source-changed': {
    one: 'entry changed in Firestore since',
    many: 'entries changed in Firestore since',
    label: 'Changed in Firestore since',
    means: 'The entry was saved in Firestore after it was copied.',
    todo: 'Start a new migration: it copies the newer state.',
    tone: 'bad',
  },
  unexpected: {
    one: 'item without an entry',
    many: 'items without an entry',
    label: 'Item without an entry',
    means: 'The migration wrote this item, and its entry is no longer in Firestore.',
    todo: 'Start a new migration with Prune: it removes such items.',
    tone: 'bad',
  },
  'target-changed': {
    one: 'item changed by the application',
    many: 'items changed by the application',
    label: 'Changed by the application',
    means: 'The application has saved this item since. It belongs to the application now.',
    todo: 'Nothing. It does not count against the verification.',
    tone: 'warn',
  },
  unknown: {
    one: 'item that can not be compared',
    many: 'items that can not be compared',
    label: 'Not comparable',
    means: "Firestore can not look up this item's entry, because its id is invalid.",
    todo: 'Check the item by its key.',
    tone: 'warn',
  },
};

/**
 * @param {string} kind of a verification's issue; a code where a user could not be compared
 * @returns {IssueWords}
 */
export function issueWords(kind) {
  return (
    issues[kind] ?? {
      label: kind,
      one: kind,
      many: kind,
      means: 'This part could not be compared.',
      todo: adviceFor(kind),
      tone: 'bad',
    }
  );
}

/**
 * `12 entries without an item; 1 item that differs from its entry`; empty where there is none
 * @param {Readonly<Record<string, number>>} counts
 */
export function issueSummary(counts) {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => {
      const { one, many } = issueWords(kind);
      return `${amount(count)} ${count === 1 ? one : many}`;
    })
    .join('; ');
}

export const issueKinds = Object.keys(issues);
