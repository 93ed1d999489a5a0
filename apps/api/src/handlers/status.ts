import {
  currentStatus,
  type CurrentStatus,
  lastMigration,
  migrationReport,
  type MigrationReport,
} from '@migrator/engine';
import type { RequestHandler } from 'express';

import { type ApiContext, redisAnswers } from '../api-context.ts';
import { lostBooks, rememberRunning } from '../lost-books.ts';

export function status(context: ApiContext): RequestHandler {
  return async (_request, response) => {
    await redisAnswers(context);
    response.json(await statusOf(context));
  };
}

/** What `GET /status`, and every call that changes it, answers with. */
export async function statusOf(context: ApiContext): Promise<{
  currentStatus: CurrentStatus & { notice: string | null };
  lastMigration: MigrationReport | null;
}> {
  const isActive = async (): Promise<boolean> => (await context.dispatcher.load()).active > 0;
  const [current, last] = await Promise.all([
    currentStatus(context.ledger, isActive, context.pace),
    lastMigration(context.ledger),
  ]);
  const { operationId } = current;
  if (operationId !== null) rememberRunning(context.ledger, operationId);
  const notice = operationId === null ? await lostBooks(context, last) : null;
  return {
    currentStatus: { ...current, notice },
    lastMigration: last === undefined ? null : await migrationReport(context.ledger, last),
  };
}
