import type { IncomingHttpHeaders } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A batch that DynamoDB executes in part. */
export interface PartialBatch {
  /** The request for that part. */
  readonly done: object;
  /** The response to the whole batch, from the response to that part. */
  complete(answer: Answer): Answer;
}

export interface Statements {
  /** The first parameter is the key of the item. */
  readonly Statements: readonly { readonly Parameters: readonly [{ readonly S: string }] }[];
}

/** At least one item is executed, and of two or more at least one is not. `at`, in [0, 1): the share that is executed. */
export function leaveOver(action: string, json: unknown, at: number): PartialBatch {
  if (action !== 'BatchExecuteStatement') return leaveUnprocessed(action, json, at);
  const { length } = (json as Statements).Statements;
  const done = doneOf(length, at);
  return throttleStatements(json, (index) => index < done);
}

/** A statement that is not admitted gets a throttling error. */
export function throttleStatements(json: unknown, isAdmitted: (index: number) => boolean): PartialBatch {
  const { Statements, ...rest } = json as Statements;
  const admitted = Statements.map((_, index) => isAdmitted(index));
  return {
    done: { ...rest, Statements: Statements.filter((_, index) => admitted[index]) },
    complete: (answer) =>
      changeBody(answer, ({ Responses }) => {
        const responses = (Responses as unknown[])[Symbol.iterator]();
        return { Responses: admitted.map((isDone) => (isDone ? responses.next().value : throttled)) };
      }),
  };
}

const throttled = {
  Error: { Code: 'ThrottlingError', Message: 'Rate of requests exceeds the allowed throughput.' },
};

function leaveUnprocessed(action: string, json: unknown, at: number): PartialBatch {
  const { RequestItems = {}, ...rest } = json as { RequestItems?: Record<string, unknown> };
  const done: Record<string, unknown> = {};
  const left: Record<string, unknown> = {};
  for (const [table, wanted] of Object.entries(RequestItems)) {
    const isList = Array.isArray(wanted);
    const all: readonly unknown[] = isList ? wanted : (wanted as { Keys: unknown[] }).Keys;
    const wrap = (some: readonly unknown[]): unknown =>
      isList ? some : { ...(wanted as object), Keys: some };
    const count = doneOf(all.length, at);
    done[table] = wrap(all.slice(0, count));
    if (all.length > count) left[table] = wrap(all.slice(count));
  }
  const name = action === 'BatchWriteItem' ? 'UnprocessedItems' : 'UnprocessedKeys';
  return {
    done: { ...rest, RequestItems: done },
    complete: (answer) => changeBody(answer, () => ({ [name]: left })),
  };
}

function doneOf(length: number, at: number): number {
  return Math.max(1, Math.floor(length * at));
}

function changeBody(answer: Answer, change: (json: Record<string, unknown>) => object): Answer {
  if (answer.status !== 200) return answer;
  const json = JSON.parse(answer.body.toString()) as Record<string, unknown>;
  // The checksum is that of the other body.
  const { 'x-amz-crc32': _sum, ...headers } = answer.headers;
  return { status: 200, headers, body: Buffer.from(JSON.stringify({ ...json, ...change(json) })) };
}
