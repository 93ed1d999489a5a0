import { counted, type Operation } from '@migrator/core';

import type { Verdict } from '../api/reports.ts';
import { subcollectionReport } from './subcollection-report.ts';

type IssueKind = keyof Verdict['issueCounts'];

/** Each kind of issue, and whether it makes the copy invalid. */
export const issueKinds = {
  missing: { invalid: true, one: 'entry without an item', many: 'entries without an item' },
  different: {
    invalid: true,
    one: 'item that differs from its entry',
    many: 'items that differ from their entry',
  },
  'source-changed': {
    invalid: true,
    one: 'entry changed in Firestore since it was copied (run again)',
    many: 'entries changed in Firestore since they were copied (run again)',
  },
  unexpected: { invalid: true, one: 'item without an entry', many: 'items without an entry' },
  'target-changed': {
    invalid: false,
    one: "item that is the application's now",
    many: "items that are the application's now",
  },
  unknown: {
    invalid: false,
    one: "item whose entry can't be asked about (Firestore has no such id)",
    many: "items whose entry can't be asked about (Firestore has no such ids)",
  },
} as const satisfies Record<IssueKind, { invalid: boolean; one: string; many: string }>;

/** The result of a verification, with the messages that the contract gives. */
export function verificationReport(operation: Operation): Omit<Verdict, 'verificationId'> {
  const count = (name: string): number => operation.totals[name] ?? 0;
  const kinds = Object.keys(issueKinds) as IssueKind[];
  const issueCounts = Object.fromEntries(kinds.map((kind) => [kind, count(kind)])) as Record<
    IssueKind,
    number
  >;
  const counts = { firestore: count('entries'), dynamodb: count('items') };
  const wrong = kinds.filter((kind) => issueKinds[kind].invalid && issueCounts[kind] > 0);
  const { request } = operation;
  const byCount = request.kind === 'verification' && request.mode === 'count';
  const countsDiffer = byCount && counts.firestore !== counts.dynamodb;
  const failed = operation.tasks.failed > 0 || operation.state === 'failed';
  const isValid = wrong.length === 0 && !countsDiffer && !failed && operation.state !== 'cancelled';
  return {
    isValid,
    issueCounts,
    counts,
    subcollections: subcollectionReport(operation),
    message: messageOf(),
  };

  function says(kind: IssueKind): string {
    return counted(issueCounts[kind], issueKinds[kind].one, issueKinds[kind].many);
  }

  function messageOf(): string {
    if (operation.state === 'cancelled') return 'The verification was cancelled before its end';
    const found = wrong.map(says);
    if (countsDiffer)
      found.push(
        `${counted(counts.firestore, 'entry', 'entries')} in Firestore, ${counted(counts.dynamodb, 'item')} in DynamoDB`,
      );
    if (failed) found.push(`${counted(operation.tasks.failed, 'part')} could not be compared`);
    if (found.length > 0) return `Data mismatch: ${found.join('; ')}`;
    const notes = kinds.filter((kind) => !issueKinds[kind].invalid && issueCounts[kind] > 0).map(says);
    return `Verification shows no issues${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`;
  }
}
