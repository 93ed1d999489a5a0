import { counted } from './words.js';

/**
 * @typedef {{ userId: string, state: 'unknown' | 'queued' | 'running' | 'done' | 'failed',
 *   counts: Readonly<Record<string, number>>,
 *   failures: readonly { path: string, code: string, message: string, attempts: number }[] }} UserState
 */

/** What becomes of an entry. */
const outcomes = ['created', 'repaired', 'unchanged', 'conflicts', 'newer', 'vanished', 'failed', 'unread'];

/**
 * Whether the user is done, in a sentence.
 * @param {UserState} user
 * @returns {{ title: string, tone: import('./words.js').Tone }}
 */
export function userSays({ userId, state, counts }) {
  const entries = counted(
    outcomes.reduce((sum, name) => sum + (counts[name] ?? 0), 0),
    'entry',
  );
  switch (state) {
    case 'done':
      return { title: `${userId} is done: ${entries}`, tone: 'good' };
    case 'failed': {
      const failed = (counts['failed'] ?? 0) + (counts['unread'] ?? 0);
      const what = failed === 0 ? 'the user failed' : `${counted(failed, 'failed entry')} of ${entries}`;
      return { title: `${userId} is not done: ${what}`, tone: 'bad' };
    }
    case 'running':
      return { title: `${userId} is being migrated: ${entries} so far`, tone: 'wait' };
    case 'queued':
      return { title: `${userId} is waiting`, tone: 'wait' };
    case 'unknown':
      return { title: `${userId} is not known to this run`, tone: 'warn' };
  }
}
