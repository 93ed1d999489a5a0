import type { BackoffOptions, JobsOptions } from 'bullmq';
import { isTaskId, type OperationKind, parseTaskId } from '@migrator/core';
import { pseudonym, taskLabel } from '@migrator/engine';
import { z } from 'zod';

/** All jobs: queue, name, payload, attempts, retention. Two queues, so that no coordinator waits behind many users. */
export const queueNames = { coordinators: 'runs', tasks: 'users' } as const;

/** One for each operation: repeats its rounds until the operation has ended. */
export const coordinatorJob = z.strictObject({ operationId: z.string() });
export type CoordinatorJob = z.infer<typeof coordinatorJob>;

/** One for each task of an operation: a user or a segment of the table. */
export const taskJob = z.strictObject({ operationId: z.string(), task: z.string().refine(isTaskId) });
export type TaskJob = z.infer<typeof taskJob>;

const backoff: BackoffOptions = { type: 'exponential', delay: 1_000, jitter: 0.5 };

export const coordinatorJobOptions: JobsOptions = {
  // Rounds handle their own errors. BullMQ retries only a round that lost Redis.
  attempts: 1_000,
  backoff: { type: 'fixed', delay: 1_000 },
  removeOnComplete: { count: 100 },
  removeOnFail: { count: 100 },
  keepLogs: 100,
};

export const taskJobOptions: JobsOptions = {
  attempts: 5,
  backoff,
  removeOnComplete: { count: 1_000 },
  removeOnFail: { count: 10_000 },
  keepLogs: 30,
};

export function coordinatorJobId(operationId: string): string {
  return `${operationId}.coordinator`;
}

/** The id of a task's job, unique for each operation: `….user.alice`, `….segment.3~2f~8`. */
export function taskJobId(operationId: string, taskId: string, hideUserData = false): string {
  const task = parseTaskId(taskId);
  if (hideUserData && task.type === 'user') return `${operationId}.${pseudonym(task.userId)}`;
  const [kind, ...rest] = taskId.split(':');
  return `${operationId}.${kind}.${escaped(rest.join(':'))}`;
}

/**
 * Encodes text with characters that no layer changes: BullMQ rejects `:` in an id, Bull Board decodes `%` twice,
 * proxies merge `/`. A character other than a letter, digit, dot, dash or underscore becomes its code point: `a b` is
 * `a~20~b`.
 */
function escaped(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]/gu, (character) => `~${character.codePointAt(0)?.toString(16)}~`);
}

const verbs: Record<OperationKind, string> = {
  migration: 'migrate',
  verification: 'verify',
  rollback: 'roll back',
  prune: 'prune',
};

/** The name of a task's job on Bull Board: `migrate alice`, `roll back segment 3 of 8`. */
export function taskJobName(operationId: string, taskId: string, hideUserData = false): string {
  const kind = operationId.slice(0, operationId.indexOf('-')) as OperationKind;
  return `${verbs[kind]} ${taskLabel(taskId, hideUserData)}`;
}
