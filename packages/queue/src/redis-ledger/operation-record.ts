import {
  type Binding,
  bindingFingerprint,
  type CoordinatorStateChange,
  firstPhases,
  greatestStays,
  controls,
  type Operation,
  type CoordinatorState,
  operationKinds,
  operationPhases,
  type OperationRequest,
  operationStates,
} from '@migrator/core';

type Fields = Readonly<Record<string, string>>;

/**
 * The fields of an operation that begins. Beside these a record has `finishedAt`, `reason`, `listingCursor`, `arrivals`
 * (of issues, so far), and by name `t:` totals, `k:` codes and `f:` the coordinator's state.
 */
export function newOperationFields(begin: {
  id: string;
  request: OperationRequest;
  binding: Binding;
  startedAt: string;
  parent: string | undefined;
}): Fields {
  const { id, request, binding, startedAt, parent } = begin;
  return {
    id,
    kind: request.kind,
    request: JSON.stringify(request),
    binding: JSON.stringify(binding),
    fingerprint: bindingFingerprint(binding),
    account: binding.target.account ?? '',
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

/**
 * Parses a record: fields and values by turns. Undefined if there is no record. `known`: the immutable part, if it was
 * read before; the record's own is ignored then.
 */
export function operationOf(record: readonly string[], known?: KnownOperation): Operation | undefined {
  const { fields, totals, codes, coordinatorState } = sorted(record);
  const { id, startedAt, request, binding, parent, reason, finishedAt, listingCursor } = fields;
  if (id === undefined || startedAt === undefined || request === undefined || binding === undefined)
    return undefined;
  return {
    id,
    kind: oneOf(operationKinds, fields['kind']),
    request: known?.request ?? JSON.parse(request),
    binding: known?.binding ?? JSON.parse(binding),
    parent,
    state: oneOf(operationStates, fields['state']),
    phase: oneOf(operationPhases, fields['phase']),
    control: oneOf(controls, fields['control']),
    reason,
    startedAt,
    finishedAt,
    listing: { cursor: listingCursor, done: fields['listingDone'] === '1' },
    tasks: {
      listed: Number(fields['listed']),
      completed: Number(fields['completed']),
      failed: Number(fields['failed']),
    },
    totals,
    codes,
    coordinatorState,
  };
}

/** From a record as lua/includes/record-text.lua has it. */
export function operationOfText(text: string | undefined, known?: KnownOperation): Operation | undefined {
  return text === undefined ? undefined : operationOf(JSON.parse(text), known);
}

/** What of an operation is large and stays as it is. */
export type KnownOperation = Pick<Operation, 'request' | 'binding'>;

/**
 * The coordinator's state as the scripts take it: how many, then key and JSON text; no text for a key to delete. A text behind
 * `>` is stored only over a smaller one.
 */
export function stateArguments(change: CoordinatorStateChange = {}): (string | number)[] {
  const coordinatorState = Object.entries(change).filter(([, value]) => value !== undefined);
  return [
    coordinatorState.length,
    ...coordinatorState.flatMap(([name, value]) => {
      const text = optional(value === null ? undefined : JSON.stringify(value));
      return [name, greatestStays.has(name) ? text.replace('=', '>') : text];
    }),
  ];
}

/** A text that may be absent, as the scripts take it. */
export function optional(text: string | undefined): string {
  return text === undefined ? '' : `=${text}`;
}

interface Sorted {
  readonly fields: Fields;
  readonly totals: Operation['totals'];
  readonly codes: Operation['codes'];
  readonly coordinatorState: CoordinatorState;
}

/** What is there once, and what is there by name; counts that are nothing are left out. In one pass: each start reads one. */
function sorted(record: readonly string[]): Sorted {
  const fields: Record<string, string> = {};
  const totals: Record<string, number> = {};
  const codes: Record<string, number> = {};
  const coordinatorState: Record<string, unknown> = {};
  for (let index = 0; index + 1 < record.length; index += 2) {
    const field = record[index]!;
    const text = record[index + 1]!;
    switch (field[1] === ':' ? field[0] : undefined) {
      case 't':
        if (text !== '0') totals[field.slice(2)] = Number(text);
        break;
      case 'k':
        if (text !== '0') codes[field.slice(2)] = Number(text);
        break;
      case 'f':
        coordinatorState[field.slice(2)] = JSON.parse(text);
        break;
      default:
        fields[field] = text;
    }
  }
  return { fields, totals, codes, coordinatorState };
}

function oneOf<T extends string>(values: readonly T[], text: string | undefined): T {
  const value = values.find((candidate) => candidate === text);
  if (value === undefined)
    throw new TypeError(`the ledger holds '${text}' where one of ${values.join(', ')} belongs`);
  return value;
}
