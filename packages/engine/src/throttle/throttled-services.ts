import { type Source, type Target, writeUnitsOf, writeUnitsOfAll } from '@migrator/core';

import type { RateController } from './rate-controller.ts';

/** The source with throttled reads. The number of documents in a page is estimated from earlier pages. */
export function throttledSource(source: Source, controller: RateController): Source {
  let entriesPerPage = 1;
  return {
    listUsers: (request) =>
      controller.read(
        request.pageSize,
        request.signal,
        () => source.listUsers(request),
        ({ users }) => users.length,
      ),
    readPage: (request) =>
      controller.read(
        Math.min(request.limit, Math.ceil(entriesPerPage)),
        request.signal,
        () => source.readPage(request),
        ({ entries }) => {
          entriesPerPage = entriesPerPage * 0.8 + entries.length * 0.2;
          return Math.max(1, entries.length);
        },
      ),
    listDates: (request) =>
      controller.read(
        Math.min(request.limit, Math.ceil(entriesPerPage)),
        request.signal,
        () => source.listDates(request),
        ({ dates }) => Math.max(1, dates.length),
      ),
    readBatch: (refs, options) =>
      controller.read(
        refs.length,
        options.signal,
        () => source.readBatch(refs, options),
        ({ rest }) => refs.length - rest.length,
      ),
    readEntries: (refs, options) =>
      controller.read(refs.length, options?.signal, () => source.readEntries(refs, options)),
    countEntries: (signal) => source.countEntries(signal),
    hasEntries: (signal) => source.hasEntries(signal),
    countUserEntries: (userId, signal) => source.countUserEntries(userId, signal),
    listDays: (userId, options) =>
      controller.read(
        options.limit,
        options.signal,
        () => source.listDays(userId, options),
        (days) => days.length,
      ),
    listSubcollections: (entry, signal) =>
      controller.read(1, signal, () => source.listSubcollections(entry, signal)),
    describe: () => source.describe(),
    binding: source.binding,
    close: () => source.close(),
  };
}

/** The target with throttled writes. They wait for the budget by an estimate, which is corrected afterwards. */
export function throttledTarget(target: Target, controller: RateController): Target {
  return {
    putOwned: (item, lease, signal) =>
      controller.write(writeUnitsOf(item.size), signal, () => target.putOwned(item, lease, signal)),
    createItems: (items, lease, signal) =>
      controller.write(writeUnitsOfAll(items), signal, () => target.createItems(items, lease, signal)),
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
