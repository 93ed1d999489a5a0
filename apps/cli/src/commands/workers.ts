import type { answers } from '@migrator/engine';
import type { Command } from 'commander';

import { apiCommand } from '../cli/api-command.ts';
import { columns } from '../cli/columns.ts';

export function workers(): Command {
  return apiCommand('workers', 'the live workers and their tasks', async ({ api }) => {
    const value = await api.workers();
    return { value, text: describeWorkers(value) };
  });
}

function describeWorkers({ workers: live }: answers.Workers): string {
  if (live.length === 0) return 'No worker is live. Start one with: pnpm worker';
  const rows = live.map(({ host, pid, version, since, lastSeen, tasks, mismatch }) => [
    `${host}:${pid}`,
    version,
    since,
    lastSeen,
    String(tasks),
    mismatch === null ? '' : `does not work on ${mismatch.operationId}: its configuration differs`,
  ]);
  return columns([['worker', 'version', 'since', 'last seen', 'tasks', ''], ...rows]);
}
