import type { Lease } from '@migrator/core';

/** One that always holds, for tests about something else. */
export const heldLease: Lease = { require: () => undefined };
