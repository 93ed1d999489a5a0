import type { EncodedItem } from '@migrator/core';

import type { BufferPool } from './buffer-pool.ts';
import { type PooledBody, type PooledBuilder, put, jsonBody } from './requests.ts';

/**
 * BatchExecuteStatement with an INSERT for each item. PartiQL's INSERT creates an item only if none has its key, for
 * the same write units as PutItem. It is DynamoDB's only batch that overwrites nothing.
 */

interface StatementAnswer {
  readonly Error?: { readonly Code?: string; readonly Message?: string };
}

export interface InsertAnswer {
  /** A response for each statement, in their order. */
  readonly Responses?: readonly StatementAnswer[];
  readonly ConsumedCapacity?: readonly { readonly CapacityUnits?: number }[];
}

/** The outcome of one statement. */
export type StatementOutcome =
  | 'created'
  /** The table throttles. */
  | 'throttled'
  /** It may have been executed or not. */
  | 'unknown'
  | 'access-denied'
  /** An item exists, or this one can't be stored: the conditional put decides. */
  | 'not-created';

const outcomes: Readonly<Record<string, StatementOutcome>> = {
  ThrottlingError: 'throttled',
  ThrottlingException: 'throttled',
  ProvisionedThroughputExceeded: 'throttled',
  ProvisionedThroughputExceededException: 'throttled',
  RequestLimitExceeded: 'throttled',
  TransactionConflict: 'throttled',
  InternalServerError: 'unknown',
  AccessDenied: 'access-denied',
  AccessDeniedException: 'access-denied',
};

export function outcomeOfStatement(answer: StatementAnswer | undefined): StatementOutcome {
  if (answer === undefined) return 'unknown';
  const { Error: error } = answer;
  if (error === undefined) return 'created';
  const code = error.Code ?? '';
  return Object.hasOwn(outcomes, code) ? outcomes[code]! : 'not-created';
}

const beforeKey = '{"dateKey":'.length;
const beforeKeyText = '{"dateKey":{"S":"'.length;
const beforeData = Buffer.from('"},"data":');
const closeOfKey = '"}'.length;
const beforeUpdatedAt = Buffer.from(',"updatedAt":');
const quote = 34;
const backslash = 92;
const comma = 44;
const closeStatement = Buffer.from(']}');
const closeBody = Buffer.from(']}');

function insertInto(tableName: string): string {
  return `INSERT INTO "${tableName}" VALUE {'dateKey': ?, 'data': ?, 'updatedAt': ?}`;
}

/** The body of an INSERT that can't succeed, to probe whether INSERT is allowed. */
export function emptyKeyBody(tableName: string): Buffer {
  const Parameters = [{ S: '' }, { M: {} }, { S: '' }];
  return jsonBody({ Statements: [{ Statement: insertInto(tableName), Parameters }] });
}

export function insertBatchBody(tableName: string): PooledBuilder<readonly EncodedItem[]> {
  const head = Buffer.from('{"ReturnConsumedCapacity":"TOTAL","Statements":[');
  const openStatement = Buffer.from(`{"Statement":${JSON.stringify(insertInto(tableName))},"Parameters":[`);
  const perItem = openStatement.length + closeStatement.length + 1;
  return (items: readonly EncodedItem[], bodies: BufferPool): PooledBody => {
    let length = head.length + closeBody.length;
    for (const { json } of items) length += json.length + perItem;
    const memory = bodies.take(length);
    let at = put(memory, head, 0);
    let isFirst = true;
    for (const item of items) {
      if (!isFirst) memory[at++] = comma;
      isFirst = false;
      at = put(memory, openStatement, at);
      at = putParameters(memory, item, at);
      at = put(memory, closeStatement, at);
    }
    at = put(memory, closeBody, at);
    return { body: memory.subarray(0, at), memory };
  };
}

/** Writes the values of the item's three attributes, copied from its text; returns where they end. */
function putParameters(memory: Buffer, { json, migratedAt }: EncodedItem, from: number): number {
  const text = Buffer.from(json.buffer, json.byteOffset, json.length);
  let keyTextEnd = beforeKeyText;
  while (keyTextEnd < text.length && text[keyTextEnd] !== quote)
    keyTextEnd += text[keyTextEnd] === backslash ? 2 : 1;
  const lastAt = text.length - 1 - lengthOfText(migratedAt);
  const dataEnd = lastAt - beforeUpdatedAt.length;
  if (!isAt(text, keyTextEnd, beforeData) || !isAt(text, dataEnd, beforeUpdatedAt))
    throw new TypeError('an item does not have the form that the mapping writes');
  let at = from;
  at += text.copy(memory, at, beforeKey, keyTextEnd + closeOfKey);
  memory[at++] = comma;
  at += text.copy(memory, at, keyTextEnd + beforeData.length, dataEnd);
  memory[at++] = comma;
  return at + text.copy(memory, at, lastAt, text.length - 1);
}

/** A loop over these few bytes is faster than a call of Node's compare. */
function isAt(text: Buffer, at: number, bytes: Buffer): boolean {
  for (let index = 0; index < bytes.length; index += 1) if (text[at + index] !== bytes[index]) return false;
  return true;
}

let knownText: string | undefined;
let knownLength = 0;

/** The bytes of a text as an attribute; cached, because all items of a run have the same `migratedAt`. */
function lengthOfText(text: string): number {
  if (text !== knownText) {
    knownLength = Buffer.byteLength(JSON.stringify({ S: text }));
    knownText = text;
  }
  return knownLength;
}
