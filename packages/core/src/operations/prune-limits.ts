import { counted } from '../counted.ts';

/** Up to this many items, or this share of all owned ones if that is more, are pruned without `pruneCount`. */
const fewItems = 10;
const smallShare = 0.1;

export interface PruneCounts {
  /** Items that would be removed. */
  readonly found: number;
  /** Items of the table that the migration owns. */
  readonly owned: number;
}

/** Whether a start needs `pruneCount`. */
export function needsPruneCount({ found, owned }: PruneCounts): boolean {
  return found > Math.max(fewItems, owned * smallShare);
}

/**
 * Why these may not be pruned, as a sentence that says what to do; undefined: they may. `agreed`: the request's
 * `pruneCount`.
 */
export function pruneRefusal(counts: PruneCounts, agreed: number | undefined): string | undefined {
  const { found, owned } = counts;
  if (agreed !== undefined && agreed !== found) {
    return (
      `PRUNE_NOT_CONFIRMED: ${counted(found, 'item')} without an entry ${found === 1 ? 'was' : 'were'} found, but pruneCount is ${agreed}: nothing was pruned. ` +
      'Look at the items with a dry run (dryRun and prune true), then start again with the number that it gives'
    );
  }
  if (agreed !== undefined || !needsPruneCount(counts)) return undefined;
  return (
    `PRUNE_NOT_CONFIRMED: ${found} of the table's ${owned} migrated items have no entry, more than 10 %: nothing was pruned. ` +
    'Check that the source is the right one. Look at the items with a dry run (dryRun and prune true), ' +
    `then start again with pruneCount: ${found}`
  );
}
