/** Where entries are read: resolved values, not configured ones, so that processes with equal results agree. */
export interface SourceBinding {
  readonly project: string;
  readonly database: string;
  /** `host:port` of a local Firestore; absent: Google's service. */
  readonly emulator?: string;
  readonly usersCollection: string;
  readonly journalCollection: string;
}

/** Where items are written. */
export interface TargetBinding {
  readonly table: string;
  readonly region: string;
  /** The endpoint of requests: a URL without user, password and query. */
  readonly endpoint: string;
  /** The AWS account; absent while it is not known. Compared only if both bindings have it. */
  readonly account?: string;
}

/** The source, target and settings that an operation is bound to. All its parts compare them. Holds no secrets. */
export interface Binding {
  readonly source: SourceBinding;
  readonly target: TargetBinding;
  /** Settings that change the bytes that are written. */
  readonly settings: { readonly oversize: 'fail' | 'gzip' };
}

export type BindingPart = keyof Binding;

export interface BindingDifference {
  readonly part: BindingPart;
  readonly field: string;
  /** Null if the binding has none. */
  readonly expected: string | null;
  readonly actual: string | null;
}

/** The fields in the order of messages, with the variable that sets each. */
const fields: readonly { part: BindingPart; field: string; label: string; variable: string }[] = [
  { part: 'source', field: 'project', label: 'project', variable: 'GOOGLE_CLOUD_PROJECT' },
  { part: 'source', field: 'database', label: 'database', variable: 'FIRESTORE_DATABASE_ID' },
  { part: 'source', field: 'emulator', label: 'Firestore emulator', variable: 'FIRESTORE_EMULATOR_HOST' },
  { part: 'source', field: 'usersCollection', label: 'users collection', variable: 'USERS_COLLECTION' },
  { part: 'source', field: 'journalCollection', label: 'journal collection', variable: 'JOURNAL_COLLECTION' },
  { part: 'target', field: 'table', label: 'table', variable: 'DYNAMODB_TABLE' },
  { part: 'target', field: 'region', label: 'region', variable: 'AWS_REGION' },
  { part: 'target', field: 'endpoint', label: 'endpoint', variable: 'AWS_ENDPOINT_URL_DYNAMODB' },
  { part: 'target', field: 'account', label: 'AWS account', variable: 'AWS_ACCESS_KEY_ID' },
  { part: 'settings', field: 'oversize', label: 'oversize', variable: 'OVERSIZE' },
];

const everything: readonly BindingPart[] = ['source', 'target', 'settings'];
/** What an operation reads and writes, without the settings. */
export const sourceAndTarget: readonly BindingPart[] = ['source', 'target'];
/** The parts that distinguish runs into one table. */
export const sourceAndSettings: readonly BindingPart[] = ['source', 'settings'];

/** The fields in which a process (`actual`) differs from an operation (`expected`); empty if they agree. */
export function bindingDifferences(
  expected: Binding,
  actual: Binding,
  parts: readonly BindingPart[] = everything,
): BindingDifference[] {
  return fields
    .filter(({ part }) => parts.includes(part))
    .map(({ part, field }) => ({
      part,
      field,
      expected: valueOf(expected, part, field),
      actual: valueOf(actual, part, field),
    }))
    .filter((one) => one.expected !== one.actual && !(one.field === 'account' && isUnknown(one)));
}

export function isSameBinding(
  one: Binding,
  other: Binding,
  parts: readonly BindingPart[] = everything,
): boolean {
  return bindingDifferences(one, other, parts).length === 0;
}

/**
 * A text of all compared fields except the account, which a process may not know. Two bindings agree if their
 * fingerprints are equal and no two known accounts differ.
 */
export function bindingFingerprint(binding: Binding, parts: readonly BindingPart[] = everything): string {
  return JSON.stringify(
    fields
      .filter(({ part, field }) => parts.includes(part) && field !== 'account')
      .map(({ part, field }) => valueOf(binding, part, field)),
  );
}

/**
 * `table: journals-b here, journals-a there (DYNAMODB_TABLE); …`; the caller supplies the words `here` and `there`.
 */
export function describeDifferences(
  differences: readonly BindingDifference[],
  { actual, expected }: { readonly actual: string; readonly expected: string },
): string {
  return differences
    .map((one) => {
      const { label, variable } = fields.find(({ part, field }) => part === one.part && field === one.field)!;
      return `${label} is ${one.actual ?? 'none'} ${actual} and ${one.expected ?? 'none'} ${expected} (${variable})`;
    })
    .join('; ');
}

/** The source for a log line or a message. */
export function describeSource(source: SourceBinding): string {
  const { project, database, emulator, usersCollection, journalCollection } = source;
  const where = emulator === undefined ? '' : ` (emulator ${emulator})`;
  return `${usersCollection}/{userId}/${journalCollection} in project ${project}, database ${database}${where}`;
}

export function describeTarget({ table, region, endpoint, account }: TargetBinding): string {
  return `table ${table} in ${region}${account === undefined ? '' : `, account ${account}`} (${endpoint})`;
}

function isUnknown({ expected, actual }: BindingDifference): boolean {
  return expected === null || actual === null;
}

function valueOf(binding: Binding, part: BindingPart, field: string): string | null {
  return (binding[part] as Readonly<Record<string, string | undefined>>)[field] ?? null;
}
