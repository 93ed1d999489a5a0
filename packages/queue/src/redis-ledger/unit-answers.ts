import {
  type Commit,
  type CommitResult,
  counters,
  type OperationKind,
  type StartResult,
} from '@migrator/core';

import { fieldsOf, operationOf } from './operation-record.ts';

type WhyNot = Extract<StartResult, { started: false }>['why'];

const whyNots: readonly WhyNot[] = [
  'done',
  'suspect',
  'paused',
  'cancelled',
  'closed',
  'rolled-back',
  'not-current',
  'unknown-operation',
];
const commitResults: readonly CommitResult[] = ['run', 'pause', 'cancel', 'stale', 'lost'];

/** What the script of a start answered, by name. */
export function startResultOf(answer: readonly string[], kind: OperationKind): StartResult {
  const [outcome, ...details] = answer;
  if (outcome !== 'started') {
    const why = whyNots.find((candidate) => candidate === outcome);
    if (why === undefined) throw new TypeError(`a start of a unit was answered with '${outcome}'`);
    const [by] = details;
    return { started: false, why, ...(by === undefined ? {} : { by }) };
  }
  const [epoch, starts, texts = '', cursor = '', ...fields] = details;
  const operation = operationOf(fieldsOf(fields));
  if (operation === undefined) throw new TypeError('a start of a unit was answered without its operation');
  return {
    started: true,
    operation,
    epoch: Number(epoch),
    ...(cursor === '' ? {} : { cursor: cursor.slice(1) }),
    counters: countersOf(texts, counters[kind]),
    startsWithoutProgress: Number(starts),
  };
}

export function commitResultOf(answer: string | undefined): CommitResult {
  const result = commitResults.find((candidate) => candidate === answer);
  if (result === undefined) throw new TypeError(`a commit was answered with '${answer}'`);
  return result;
}

/** What a commit is booked upon, as the script has it: counters in core's order, nothing for zero, and the cursor if any. */
export function standText(
  kind: OperationKind,
  { counters: known, cursor }: NonNullable<Commit['upon']>,
): string {
  const numbers = counters[kind].map((name) => known[name] || '').join(',');
  return numbers.replace(/,+$/, '') + (cursor === undefined ? '' : `|${cursor}`);
}

function countersOf(texts: string, names: readonly string[]): Record<string, number> {
  const numbers = texts.split(',').map(Number);
  return Object.fromEntries(
    names
      .map((name, index): [string, number] => [name, numbers[index] ?? 0])
      .filter(([, number]) => number !== 0),
  );
}
