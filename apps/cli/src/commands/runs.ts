import type { MigrationReport } from '@migrator/engine';
import type { Command } from 'commander';

import { amount } from '../amount.ts';
import { apiCommand } from '../cli/api-command.ts';
import { columns } from '../cli/columns.ts';
import { parseWhole } from '../parse-number.ts';

export function runs(): Command {
  return apiCommand('runs', 'past runs, newest first', async ({ api }, { limit }: { limit: number }) => {
    const migrations: MigrationReport[] = [];
    let cursor: string | undefined;
    do {
      const page = await api.migrations({ cursor });
      migrations.push(...page.migrations);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && migrations.length < limit);
    const value = { migrations: migrations.slice(0, limit) };
    return { value, text: describeRuns(value.migrations) };
  }).option('--limit <n>', 'how many at most', parseWhole, 20);
}

export function describeRuns(migrations: readonly MigrationReport[]): string {
  if (migrations.length === 0) return 'There is no run yet.';
  const rows = migrations.map(({ migrationId, state, dryRun, startedAt, stats, rolledBackBy }) => [
    migrationId,
    startedAt,
    `${state}${dryRun ? ' (dry run)' : ''}${rolledBackBy === null ? '' : ' (rolled back)'}`,
    amount(stats.totalProcessed),
    amount(stats.failureCount),
  ]);
  return columns([['run', 'started', 'state', 'entries', 'failed'], ...rows]);
}
