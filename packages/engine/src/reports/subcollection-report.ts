import type { Operation } from '@migrator/core';

import type { SubcollectionReport } from '../api/reports.ts';

/** What a sample of the source has shown that no run copies; null where none was taken yet. A warning, no failure. */
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
  const looked = `${counts.sampledEntries} sampled entries of ${counts.sampledUsers} users`;
  const found = [
    ...(having > 0 ? [`${having} of ${looked} have documents in subcollections`] : []),
    ...(parents > 0 ? [`${parents} days of these users exist only as parents of other documents`] : []),
  ];
  const message =
    found.length === 0
      ? `No subcollections in ${looked}`
      : `${found.join('; ')}. Neither is migrated: copy those documents yourself if they are needed`;
  return { ...counts, examples: [...examples], message };
}
