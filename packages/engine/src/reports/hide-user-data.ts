import { createHash } from 'node:crypto';

import {
  type Issue,
  type Ledger,
  type Operation,
  parseTaskId,
  type SubcollectionSample,
  taskId,
} from '@migrator/core';

import { withoutField } from '../entries/listed-key.ts';

/**
 * A stable replacement for a user id, so that log lines can be correlated. It does not protect against a reader who
 * guesses ids and compares.
 */
export function pseudonym(userId: string): string {
  return `user-${createHash('sha256').update(userId).digest('hex').slice(0, 16)}`;
}

/** A task's name for display: `alice`, `segment 3 of 8`, `segment 3 of 8 (rescan)`. */
export function taskLabel(id: string, hideUserData: boolean): string {
  const task = parseTaskId(id);
  if (task.type === 'segment')
    return `segment ${task.segment + 1} of ${task.of}${task.rescan === true ? ' (rescan)' : ''}`;
  return hideUserData ? pseudonym(task.userId) : task.userId;
}

/** The code of a reason such as `ACCESS_DENIED: …`, whose message may name a user. */
export function briefReason(reason: string): string {
  return /^([A-Z][A-Z_]+): /.exec(reason)?.[1] ?? reason;
}

export function withoutUserData(operation: Operation): Operation {
  const { reason, coordinatorState } = operation;
  const { lastError, outage, subcollections } = coordinatorState;
  return {
    ...operation,
    reason: reason === undefined ? undefined : briefReason(reason),
    coordinatorState: {
      ...coordinatorState,
      subcollections: subcollections === undefined ? undefined : hiddenSample(subcollections),
      lastError: lastError === undefined ? undefined : briefReason(lastError),
      outage: outage === undefined ? undefined : { ...outage, reason: briefReason(outage.reason) },
    },
  };
}

function hiddenSample(sample: SubcollectionSample): SubcollectionSample {
  if ('failed' in sample) return { failed: 'details are hidden' };
  return { ...sample, examples: sample.examples.map(hiddenPath) };
}

function issueWithoutUserData(issue: Issue): Issue {
  const { path, dateKey, attempts, fields } = issue.detail;
  return {
    ...issue,
    detail: {
      path: path === undefined ? undefined : hiddenPath(path),
      message: issue.detail.message === undefined ? undefined : `${issue.code} (details are hidden)`,
      dateKey: dateKey === undefined ? undefined : hiddenKey(dateKey, path),
      attempts,
      fields: fields === undefined ? undefined : fields.map(({ at }) => ({ at })),
    },
  };
}

/** A ledger for reports without user data: with pseudonyms, without messages and contents. */
export function hidingLedger(ledger: Ledger): Ledger {
  const hidden: Pick<Ledger, 'get' | 'current' | 'list' | 'issues' | 'taskIssues' | 'listed'> = {
    async get(id) {
      const operation = await ledger.get(id);
      return operation && withoutUserData(operation);
    },
    async current() {
      const operation = await ledger.current();
      return operation && withoutUserData(operation);
    },
    async list(kind, options) {
      const page = await ledger.list(kind, options);
      return { ...page, operations: page.operations.map(withoutUserData) };
    },
    async issues(id, options) {
      const page = await ledger.issues(id, options);
      return { ...page, issues: page.issues.map(issueWithoutUserData) };
    },
    async taskIssues(id, task) {
      return (await ledger.taskIssues(id, task)).map(issueWithoutUserData);
    },
    async listed(id, options) {
      const page = await ledger.listed(id, options);
      const entries = page.entries.map(({ task, key: found }) => {
        const key = withoutField(options.kind, found);
        const parsed = parseTaskId(task);
        if (parsed.type !== 'user') return { task, key };
        return { task: taskId({ ...parsed, userId: pseudonym(parsed.userId) }), key };
      });
      return { ...page, entries };
    },
  };
  return new Proxy(ledger, {
    get(_target, name) {
      if (Object.hasOwn(hidden, name)) return Reflect.get(hidden, name);
      const value: unknown = Reflect.get(ledger, name, ledger);
      return typeof value === 'function' ? value.bind(ledger) : value;
    },
  });
}

/** `users/alice/trading-journal/2026-01-01` with a pseudonym for alice. */
function hiddenPath(path: string): string {
  const [users, userId, ...rest] = path.split('/');
  return userId === undefined ? path : [users, pseudonym(userId), ...rest].join('/');
}

function hiddenKey(dateKey: string, path: string | undefined): string {
  const [, userId, , date] = path?.split('/') ?? [];
  if (userId === undefined || date === undefined) return `journal_${pseudonym(dateKey)}`;
  return `journal_${pseudonym(userId)}_${date}`;
}
