import { type EncodedItem, type Target, writeUnitsOf } from '@migrator/core';

import type { RateController } from './rate-controller.ts';

/** The target with throttled writes: they wait for the budget, and what they really used is settled after. */
export function throttledTarget(target: Target, controller: RateController): Target {
  return {
    putOwned: (item, lease, signal) =>
      controller.write(writeUnitsOf(item.size), signal, () => target.putOwned(item, lease, signal)),
    createItems: (items, lease, signal) =>
      controller.write(unitsOfAll(items), signal, () => target.createItems(items, lease, signal)),
    whyNoBatches: (signal) => target.whyNoBatches(signal),
    deleteOwned: (item, lease, signal) =>
      controller.write(1, signal, () => target.deleteOwned(item, lease, signal)),
    getItems: (keys, signal) => target.getItems(keys, signal),
    scan: (request) => target.scan(request),
    isEmpty: (signal) => target.isEmpty(signal),
    preflight: (signal) => target.preflight(signal),
    describe: (signal) => target.describe(signal),
    readTags: (prefix, signal) => target.readTags(prefix, signal),
    writeTag: (key, value, lease, signal) => target.writeTag(key, value, lease, signal),
    close: () => target.close(),
  };
}

function unitsOfAll(items: readonly EncodedItem[]): number {
  let units = 0;
  for (const { size } of items) units += writeUnitsOf(size);
  return units;
}
