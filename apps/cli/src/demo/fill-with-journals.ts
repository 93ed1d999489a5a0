import type { LocalServicesEnv } from '@migrator/devkit';
import type { JournalUser } from '@migrator/devkit';

import type { Filled } from './demo-result.ts';
import type { Step } from '../cli/progress-step.ts';

/** Every n-th user has no document of its own. */
const missingEvery = 4;

/** Fills Firestore; `missing` of the users have a journal but no document of their own. */
export async function fillWithJournals(
  size: { users: number; entries: number },
  env: LocalServicesEnv,
  signal: AbortSignal,
  show: (step: Step) => void,
): Promise<Filled & { missing: number }> {
  // Loaded on demand, because it loads slowly.
  const { fillFirestore, journals } = await import('@migrator/devkit');
  const startedAt = performance.now();
  let users = 0;
  let missing = 0;

  function* watched(from: Iterable<JournalUser>): Generator<JournalUser> {
    for (const user of from) {
      signal.throwIfAborted();
      yield user;
      users += 1;
      if (user.profile === undefined) missing += 1;
      const perSecond = (users * 1000) / (performance.now() - startedAt);
      const etaSeconds = Math.ceil((size.users - users) / perSecond);
      show({
        label: 'Filling',
        counted: 'users',
        processed: users,
        total: size.users,
        perSecond,
        etaSeconds,
        problem: null,
      });
    }
  }

  const wanted = {
    users: size.users,
    entriesPerUser: size.entries,
    missingEvery: Math.min(missingEvery, size.users),
  };
  const filled = await fillFirestore(watched(journals(wanted)), env);
  return { ...filled, missing };
}
