import { type Target, writeUnitsOf } from '@migrator/core';

/** A target that reads like the real one and discards what is written: the way of a dry run is the way of a run. */
export function discardingTarget(target: Target): Target {
  return {
    putOwned: async (item) => ({ outcome: 'written', writeUnits: writeUnitsOf(item.size) }),
    createItems: async (items) => ({
      created: items.map(() => true),
      writeUnits: items.reduce((sum, item) => sum + writeUnitsOf(item.size), 0),
    }),
    whyNoBatches: (signal) => target.whyNoBatches(signal),
    deleteOwned: async () => ({ outcome: 'deleted', writeUnits: 1 }),
    getItems: (keys, signal) => target.getItems(keys, signal),
    scan: (request) => target.scan(request),
    isEmpty: (signal) => target.isEmpty(signal),
    preflight: (signal) => target.preflight(signal),
    describe: (signal) => target.describe(signal),
    readTags: (prefix, signal) => target.readTags(prefix, signal),
    writeTag: async () => undefined,
    close: () => target.close(),
  };
}
