import { counted, type Operation } from '@migrator/core';

import type { SubcollectionReport } from '../api/reports.ts';

/** Data in a sample of the source that no run copies; null if no sample was taken yet. A warning, not a failure. */
export function subcollectionReport({ coordinatorState }: Operation): SubcollectionReport | null {
  const { subcollections: sample } = coordinatorState;
  if (sample === undefined) return null;
  if ('failed' in sample) {
    return {
      sampledUsers: 0,
      sampledEntries: 0,
      entriesWithSubcollections: 0,
      parentsWithoutDocument: 0,
      examples: [],
      message: `Entries could not be sampled for subcollections: ${sample.failed}`,
    };
  }
  const { examples, ...counts } = sample;
  const { entriesWithSubcollections: having, parentsWithoutDocument: parents } = counts;
  const sampled = `${counted(counts.sampledEntries, 'sampled entry', 'sampled entries')} of ${counted(counts.sampledUsers, 'user')}`;
  const found = [
    ...(having > 0
      ? [`${having} of ${sampled} ${having === 1 ? 'has' : 'have'} documents in subcollections`]
      : []),
    ...(parents > 0
      ? [
          `${counted(parents, 'day')} of these users ${parents === 1 ? 'exists only as a parent' : 'exist only as parents'} of other documents`,
        ]
      : []),
  ];
  const message =
    found.length === 0
      ? `No subcollections in ${sampled}`
      : `${found.join('; ')}. Neither is migrated: copy those documents yourself if they are needed`;
  return { ...counts, examples: [...examples], message };
}
