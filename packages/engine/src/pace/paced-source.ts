import type { Source } from '@migrator/core';

import type { Pace } from './pace.ts';

/** The source at the given pace. How many documents a page will hold is guessed from those before. */
export function pacedSource(source: Source, pace: Pace): Source {
  let entriesPerPage = 1;
  return {
    listUsers: (request) =>
      pace.read(
        request.pageSize,
        request.signal,
        () => source.listUsers(request),
        ({ users }) => users.length,
      ),
    readPage: (request) =>
      pace.read(
        Math.min(request.limit, Math.ceil(entriesPerPage)),
        request.signal,
        () => source.readPage(request),
        ({ entries }) => {
          entriesPerPage = entriesPerPage * 0.8 + entries.length * 0.2;
          return Math.max(1, entries.length);
        },
      ),
    listDates: (request) =>
      pace.read(
        Math.min(request.limit, Math.ceil(entriesPerPage)),
        request.signal,
        () => source.listDates(request),
        ({ dates }) => Math.max(1, dates.length),
      ),
    readBatch: (refs, options) =>
      pace.read(
        refs.length,
        options.signal,
        () => source.readBatch(refs, options),
        ({ rest }) => refs.length - rest.length,
      ),
    readEntries: (refs, options) =>
      pace.read(
        refs.length,
        options?.signal,
        () => source.readEntries(refs, options),
        () => refs.length,
      ),
    countEntries: (signal) => source.countEntries(signal),
    hasEntries: (signal) => source.hasEntries(signal),
    countUserEntries: (userId, signal) => source.countUserEntries(userId, signal),
    listDays: (userId, options) =>
      pace.read(
        options.limit,
        options.signal,
        () => source.listDays(userId, options),
        (days) => days.length,
      ),
    listSubcollections: (entry, signal) =>
      pace.read(
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
