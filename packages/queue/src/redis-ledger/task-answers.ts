import {
  type Commit,
  type CommitResult,
  controls,
  counters,
  type OperationKind,
  startRefusals,
  type StartResult,
  type TaskProgress,
} from '@migrator/core';

import { type KnownOperation, operationOfText } from './operation-record.ts';

const commitResults: readonly CommitResult[] = [...controls, 'stale', 'missing'];

/**
 * Parses the result of start-task.lua. `known`: the immutable part of the operation, if the script was told to omit
 * it.
 */
export function startResultOf(
  answer: readonly string[],
  kind: OperationKind,
  known: KnownOperation | undefined,
): StartResult {
  const [outcome, ...details] = answer;
  if (outcome !== 'started') {
    const why = startRefusals.find((candidate) => candidate === outcome);
    if (why === undefined) throw new TypeError(`a start of a task was answered with '${outcome}'`);
    const [by] = details;
    return { started: false, why, by };
  }
  const [epoch, starts, texts = '', cursor = '', record] = details;
  const operation = operationOfText(record, known);
  if (operation === undefined) throw new TypeError('a start of a task was answered without its operation');
  return {
    started: true,
    operation,
    epoch: Number(epoch),
    cursor: cursor === '' ? undefined : cursor.slice(1),
    counters: countersOf(texts, counters[kind]),
    startsWithoutProgress: Number(starts),
  };
}

export function commitResultOf(answer: string | undefined): CommitResult {
  const result = commitResults.find((candidate) => candidate === answer);
  if (result === undefined) throw new TypeError(`a commit was answered with '${answer}'`);
  return result;
}

/**
 * A task's progress in the form that commit-task.lua compares: counters in core's order, empty for 0, and the cursor
 * if any.
 */
export function progressText(
  kind: OperationKind,
  { counters: known, cursor }: NonNullable<Commit['expected']>,
): string {
  let numbers = '';
  // The zeros after the last other number are omitted.
  let commas = '';
  for (const name of counters[kind]) {
    const number = known[name];
    if (number) {
      numbers += `${commas}${number}`;
      commas = '';
    }
    commas += ',';
  }
  return cursor === undefined ? numbers : `${numbers}|${cursor}`;
}

const states = { q: 'queued', r: 'running', d: 'done', f: 'failed' } as const;

/** Parses a task's record, as lua/includes/task-records.lua writes it. */
export function taskProgressOf(record: string, kind: OperationKind): TaskProgress {
  const [letter = '', , , texts = ''] = record.split('|');
  const state = states[letter as keyof typeof states];
  if (state === undefined) throw new TypeError(`a task's record begins with '${letter}'`);
  return { state, counters: countersOf(texts, counters[kind]) };
}

function countersOf(texts: string, names: readonly string[]): Record<string, number> {
  const known: Record<string, number> = {};
  for (const [index, text] of texts.split(',').entries()) {
    const name = names[index];
    const number = Number(text);
    if (name !== undefined && number !== 0) known[name] = number;
  }
  return known;
}
