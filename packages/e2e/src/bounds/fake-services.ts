import type { Binding, Source, Target } from '@migrator/core';

export const madeUp: Binding = {
  source: {
    project: 'made-up',
    database: '(default)',
    usersCollection: 'users',
    journalCollection: 'trading-journal',
  },
  target: { table: 'made-up', region: 'none', endpoint: 'none' },
  settings: { oversize: 'fail' },
};

const updateTime = '2026-01-01T00:00:00.000000Z';

/**
 * So many users with so many entries each, made as they are read: nothing of it is held. All are the one document whose
 * encoded bytes DOCUMENT holds in base64: what makes documents would weigh more than what is measured.
 */
export function endlessSource(users: number, entriesPerUser: number): Source {
  const document = Buffer.from(process.env['DOCUMENT'] ?? '', 'base64');
  return {
    async listUsers({ pageSize, pageToken }) {
      const from = Number(pageToken ?? 0);
      const count = Math.min(pageSize, users - from);
      const listed = Array.from({ length: count }, (_, index) => ({
        // Of the length that Firebase Authentication gives.
        userId: `made-up-user-of-${numbered(from + index)}-x`,
        missing: false,
      }));
      const next = from + count;
      return next < users ? { users: listed, nextPageToken: String(next) } : { users: listed };
    },
    async readPage({ userId, after, limit }) {
      const from = after === undefined ? 0 : Number(after) + 1;
      const count = Math.min(limit, entriesPerUser - from);
      const entries = Array.from({ length: count }, (_, index) => ({
        userId,
        date: numbered(from + index),
        updateTime,
        // A copy, as each would come over the network.
        document: Uint8Array.from(document),
      }));
      return { entries, more: from + count < entriesPerUser };
    },
    listDates: async () => ({ dates: [], more: false }),
    readBatch: async () => ({ entries: [], rest: [] }),
    hasEntries: async () => users * entriesPerUser > 0,
    countEntries: async () => users * entriesPerUser,
    countUserEntries: async () => entriesPerUser,
    readEntries: async () => [],
    listDays: async () => [],
    listSubcollections: async () => [],
    describe: () => 'made up',
    binding: madeUp.source,
    close: async () => undefined,
  };
}

export function bottomlessTarget(): Target {
  return {
    putOwned: async () => ({ outcome: 'written', writeUnits: 3 }),
    createItems: async (items) => ({ created: items.map(() => true), writeUnits: 3 * items.length }),
    whyNoBatches: async () => undefined,
    deleteOwned: async () => ({ outcome: 'deleted', writeUnits: 1 }),
    getItems: async () => ({ items: new Map(), readUnits: 0 }),
    scan: async () => ({ items: [], readUnits: 0 }),
    isEmpty: async () => true,
    preflight: async () => ({ itemCount: 0, sizeBytes: 0 }),
    describe: async () => ({ itemCount: 0, sizeBytes: 0 }),
    readTags: async () => new Map(),
    writeTag: async () => undefined,
    close: async () => undefined,
  };
}

function numbered(index: number): string {
  return String(index).padStart(9, '0');
}
