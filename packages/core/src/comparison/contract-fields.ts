/**
 * The contract for the fields of `data`, for both comparisons. The mapping has its own list on purpose
 * (mapping/defaulted-fields.ts), so that the comparison finds a mistake in it.
 */

/** The default of each field that the entry lacks, as DynamoDB JSON. */
export const contractDefaults = {
  trades: '{"L":[]}',
  heatmap: '{"M":{}}',
  performance: '{"M":{}}',
  risk: '{"M":{}}',
  summary: '{"M":{}}',
} as const;

/** Reserved names: the entry's fields of these names are in `data.metadata.source`. */
export const contractNames = ['userId', 'date', 'metadata'] as const;
