import { createInterface } from 'node:readline/promises';

import { DeclinedError, UsageError } from './exit-codes.ts';
import type { Session } from './run-command.ts';

/**
 * Shows the plan and asks for confirmation. Rejects with a DeclinedError for any answer but yes, and with a
 * UsageError without a terminal.
 */
export async function confirm(
  { screen, signal }: Session,
  { plan, question }: { plan: string; question: string },
): Promise<void> {
  screen.write(plan);
  if (!process.stdin.isTTY || !screen.isTTY)
    throw new UsageError(`${question} There is no terminal for this question: add --yes.`);
  const terminal = createInterface({ input: process.stdin, output: screen });
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal });
    if (!/^y(es)?$/i.test(answer.trim())) throw new DeclinedError('Nothing was started.');
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    terminal.close();
  }
}
