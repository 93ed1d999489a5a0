import {
  type FactsChange,
  firstPhases,
  type Control,
  type Issue,
  type Operation,
  type OperationFacts,
  type OperationKind,
  type OperationPhase,
  type OperationRequest,
  type OperationState,
} from '@migrator/core';

type Fields = Readonly<Record<string, string>>;

const kinds: readonly OperationKind[] = ['migration', 'verification', 'rollback', 'prune'];
const states: readonly OperationState[] = [
  'running',
  'completed',
  'completed-with-failures',
  'failed',
  'cancelled',
];
const phases: readonly OperationPhase[] = ['listing', 'migrating', 'verifying', 'rolling-back'];
const controls: readonly Control[] = ['run', 'pause', 'cancel'];

/**
 * The fields of an operation that begins. Beside these a record has `finishedAt`, `reason`, `listingCursor`, `arrivals`
 * (of issues, so far), and by name `t:` totals, `k:` codes and `f:` facts.
 */
export function newOperationFields(begin: {
  id: string;
  request: OperationRequest;
  startedAt: string;
  parent: string | undefined;
}): Fields {
  const { id, request, startedAt, parent } = begin;
  return {
    id,
    kind: request.kind,
    request: JSON.stringify(request),
    ...(parent === undefined ? {} : { parent }),
    state: 'running',
    phase: firstPhases[request.kind],
    control: 'run',
    startedAt,
    listingDone: '0',
    listed: '0',
    completed: '0',
    failed: '0',
  };
}

export function fieldsOf(flat: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let index = 0; index + 1 < flat.length; index += 2) fields[flat[index]!] = flat[index + 1]!;
  return fields;
}

/** Undefined where there is no record. */
export function operationOf(fields: Fields): Operation | undefined {
  const { id, startedAt, request, parent, reason, finishedAt, listingCursor } = fields;
  if (id === undefined || startedAt === undefined || request === undefined) return undefined;
  return {
    id,
    kind: oneOf(kinds, fields['kind']),
    request: JSON.parse(request),
    ...(parent === undefined ? {} : { parent }),
    state: oneOf(states, fields['state']),
    phase: oneOf(phases, fields['phase']),
    control: oneOf(controls, fields['control']),
    ...(reason === undefined ? {} : { reason }),
    startedAt,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    listing: {
      ...(listingCursor === undefined ? {} : { cursor: listingCursor }),
      done: fields['listingDone'] === '1',
    },
    units: {
      listed: Number(fields['listed']),
      completed: Number(fields['completed']),
      failed: Number(fields['failed']),
    },
    totals: counts(fields, 't:'),
    codes: counts(fields, 'k:'),
    facts: factsOf(fields),
  };
}

/** Facts as the scripts take them: how many, then name and JSON text; no text for one that is taken away. */
export function factArguments(change: FactsChange = {}): (string | number)[] {
  const facts = Object.entries(change).filter(([, value]) => value !== undefined);
  return [
    facts.length,
    ...facts.flatMap(([name, value]) => [name, optional(value === null ? undefined : JSON.stringify(value))]),
  ];
}

/** A text that may be absent, as the scripts take it. */
export function optional(text: string | undefined): string {
  return text === undefined ? '' : `=${text}`;
}

/** Issues from the pairs of member and record that a script answers with (lua/kept-issues.ts). */
export function issuesOf(pairs: readonly string[]): { issue: Issue; arrival: string }[] {
  const issues = [];
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const [, unit = '', key = ''] = /^([^\0]*)\0([^]*)$/.exec(pairs[index] ?? '') ?? [];
    const [, arrival = '', code = '', detail = '{}'] =
      /^(\d+)\|([^|]*)\|([^]*)$/.exec(pairs[index + 1] ?? '') ?? [];
    issues.push({ arrival, issue: { unit, key, code, detail: JSON.parse(detail) } });
  }
  return issues;
}

function factsOf(fields: Fields): OperationFacts {
  const facts = Object.entries(fields).filter(([field]) => field.startsWith('f:'));
  return Object.fromEntries(
    facts.map(([field, json]): [string, unknown] => [field.slice(2), JSON.parse(json)]),
  );
}

function counts(fields: Fields, mark: string): Record<string, number> {
  const marked = Object.entries(fields).filter(([field, text]) => field.startsWith(mark) && text !== '0');
  return Object.fromEntries(marked.map(([field, text]) => [field.slice(mark.length), Number(text)]));
}

function oneOf<T extends string>(values: readonly T[], text: string | undefined): T {
  const value = values.find((candidate) => candidate === text);
  if (value === undefined)
    throw new TypeError(`the ledger holds '${text}' where one of ${values.join(', ')} belongs`);
  return value;
}
