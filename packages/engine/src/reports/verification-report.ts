import type { Operation } from '@migrator/core';

import type { Verdict } from '../api/reports.ts';
import { subcollectionReport } from './subcollection-report.ts';

type IssueKind = keyof Verdict['issueCounts'];

/** Each kind of issue, and whether it makes the copy invalid. */
export const issueKinds = {
  missing: { invalid: true, says: 'entries without an item' },
  different: { invalid: true, says: 'items that differ from their entry' },
  'source-changed': {
    invalid: true,
    says: 'entries changed in Firestore since they were copied (run again)',
  },
  unexpected: { invalid: true, says: 'items without an entry' },
  'target-changed': { invalid: false, says: "items that are the application's now" },
  unknown: { invalid: false, says: "items whose entry can't be asked about (Firestore has no such ids)" },
} as const satisfies Record<IssueKind, { invalid: boolean; says: string }>;

/** What a verification has found, in the guide's words. */
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

  function messageOf(): string {
    if (operation.state === 'cancelled') return 'The verification was cancelled before its end';
    const found = wrong.map((kind) => `${issueCounts[kind]} ${issueKinds[kind].says}`);
    if (countsDiffer)
      found.push(`${counts.firestore} entries in Firestore, ${counts.dynamodb} items in DynamoDB`);
    if (failed) found.push(`${operation.tasks.failed} parts could not be compared`);
    if (found.length > 0) return `Data mismatch: ${found.join('; ')}`;
    const notes = kinds
      .filter((kind) => !issueKinds[kind].invalid && issueCounts[kind] > 0)
      .map((kind) => `${issueCounts[kind]} ${issueKinds[kind].says}`);
    return `Verification shows no issues${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`;
  }
}
