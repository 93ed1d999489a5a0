/**
 * What the contract says of the fields of `data`, for both comparisons. The mapping has its own list on purpose
 * (mapping/defaulted-fields.ts), so that the comparison finds a mistake in it.
 */

/** What stands for a field that the entry lacks, by its name. */
export const contractDefaults = {
  trades: '{"L":[]}',
  heatmap: '{"M":{}}',
  performance: '{"M":{}}',
  risk: '{"M":{}}',
  summary: '{"M":{}}',
} as const;

/** Names that `data` uses itself: the entry's own fields of these names are in `data.metadata.source`. */
export const contractNames = ['userId', 'date', 'metadata'] as const;
