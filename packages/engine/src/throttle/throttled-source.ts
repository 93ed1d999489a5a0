import type { Source } from '@migrator/core';

import type { RateController } from './rate-controller.ts';

/** The source with throttled reads. How many documents a page will hold is guessed from those before. */
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
      controller.read(
        refs.length,
        options?.signal,
        () => source.readEntries(refs, options),
        () => refs.length,
      ),
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
      controller.read(
        1,
        signal,
        () => source.listSubcollections(entry, signal),
        () => 1,
      ),
    describe: () => source.describe(),
    binding: source.binding,
    close: () => source.close(),
  };
}
