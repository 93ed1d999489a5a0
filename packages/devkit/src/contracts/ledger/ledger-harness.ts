import type {
  Binding,
  Issue,
  Ledger,
  MigrationRequest,
  Operation,
  OperationRequest,
  StartResult,
  VerificationRequest,
} from '@migrator/core';
import { expect } from 'vitest';

import { sampleBinding } from '../../fixtures/placeholders.ts';

/** An empty ledger of the test's own. */
export type NewLedger = (options?: { maxKeptIssues?: number; leaseMs?: number }) => Promise<Ledger>;

export const migration: MigrationRequest = {
  kind: 'migration',
  dryRun: false,
  verify: true,
  prune: false,
};
export const verification: VerificationRequest = { kind: 'verification', mode: 'full' };

export const binding = sampleBinding;

/** Names that break code that is careless with separators, encodings or prefixes. */
export const trickyTasks = [
  'user:a',
  'user:a|b,1:2',
  'user:a\u0001',
  'user:ü😀\nzwei Zeilen',
  'user:',
  'user:__proto__',
  'segment:0/8',
] as const;

export function at(milliseconds: number): Date {
  return new Date(Date.UTC(2026, 10, 22, 9, 10, 51, 123) + milliseconds);
}

export async function open(
  ledger: Ledger,
  request: OperationRequest = migration,
  options: { now?: Date; binding?: Binding; parent?: string } = {},
): Promise<Operation> {
  const result = await ledger.open(request, { now: at(0), binding, ...options });
  if (!result.opened) throw new Error(`${result.current.id} holds the operation lock`);
  return result.operation;
}

/** An empty ledger, and the id of a migration that it has opened. */
export async function openRun(
  newLedger: NewLedger,
  settings?: Parameters<NewLedger>[0],
): Promise<{ ledger: Ledger; id: string }> {
  const ledger = await newLedger(settings);
  const { id } = await open(ledger);
  return { ledger, id };
}

export async function read(ledger: Ledger, id: string): Promise<Operation> {
  const operation = await ledger.get(id);
  if (operation === undefined) throw new Error(`${id} is gone`);
  return operation;
}

type Started = Extract<StartResult, { started: true }>;

export async function start(ledger: Ledger, id: string, task: string): Promise<Omit<Started, 'operation'>> {
  const result = await startTask(ledger, id, task);
  if (!result.started) throw new Error(`${task} did not start: ${result.why}`);
  return result;
}

/** The result of a start without the operation, which is compared with the ledger's. */
export async function startTask(
  ledger: Ledger,
  id: string,
  task: string,
  options: { binding?: Binding; reopen?: boolean; isolated?: boolean } = {},
): Promise<Omit<Started, 'operation'> | Exclude<StartResult, Started>> {
  const result = await ledger.startTask(id, task, { binding, ...options });
  if (!result.started) return result;
  const { operation, ...rest } = result;
  expect(operation).toEqual(await ledger.get(id));
  return rest;
}

/** Starts the task and ends it at once. */
export async function finish(
  ledger: Ledger,
  id: string,
  task: string,
  end: {
    state: 'queued' | 'done' | 'failed';
    deltas?: Record<string, number>;
    issues?: Issue[];
    cursor?: string;
  },
): Promise<void> {
  const { epoch } = await start(ledger, id, task);
  expect(await ledger.commit(id, task, { deltas: {}, ...end, epoch })).toBe('run');
}

export async function close(ledger: Ledger, id: string, now = at(60_000)): Promise<void> {
  await ledger.close(id, { state: 'completed', now });
}

export function issue(task: string, key: string, code = 'ITEM_TOO_LARGE'): Issue {
  return { task, key, code, detail: { path: `users/${task}/${key}`, message: `"${code}" | ü`, attempts: 1 } };
}

export async function allTasks(
  ledger: Ledger,
  id: string,
  ...states: ('queued' | 'running' | 'done' | 'failed')[]
): Promise<string[]> {
  const tasks: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await ledger.listTasks(id, { states, cursor });
    tasks.push(...page.tasks);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return tasks.toSorted();
}

export async function allIssues(ledger: Ledger, id: string, limit: number, code?: string): Promise<Issue[]> {
  const issues: Issue[] = [];
  let cursor: string | undefined;
  do {
    const page = await ledger.issues(id, {
      limit,
      code,
      cursor,
    });
    expect(page.issues.length).toBeLessThanOrEqual(limit);
    issues.push(...page.issues);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return issues;
}

/** The operation's counts. */
export function figures({ tasks, totals, codes }: Operation): Pick<Operation, 'tasks' | 'totals' | 'codes'> {
  return { tasks, totals, codes };
}
