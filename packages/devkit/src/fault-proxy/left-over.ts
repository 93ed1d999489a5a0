import type { IncomingHttpHeaders } from 'node:http';

type Requests = Readonly<Record<string, unknown>>;

/** A batch in two: what is done, and what DynamoDB leaves for later, which is at least one item and never all. */
export function splitBatch(json: unknown, at: number): { done: object; left: Requests } {
  const { RequestItems = {}, ...rest } = json as { RequestItems?: Record<string, unknown> };
  const done: Record<string, unknown> = {};
  const left: Record<string, unknown> = {};
  for (const [table, wanted] of Object.entries(RequestItems)) {
    const isList = Array.isArray(wanted);
    const all: readonly unknown[] = isList ? wanted : (wanted as { Keys: unknown[] }).Keys;
    const wrap = (some: readonly unknown[]): unknown =>
      isList ? some : { ...(wanted as object), Keys: some };
    const count = Math.max(1, Math.floor(all.length * at));
    done[table] = wrap(all.slice(0, count));
    if (all.length > count) left[table] = wrap(all.slice(count));
  }
  return { done: { ...rest, RequestItems: done }, left };
}

/** The answer to a part of a batch with the rest of it as unprocessed. */
export function withLeftOver(
  answer: { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer },
  action: string,
  left: Requests,
): { status: number; headers: IncomingHttpHeaders; body: Buffer } {
  if (answer.status !== 200) return answer;
  const json = JSON.parse(answer.body.toString()) as object;
  const name = action === 'BatchWriteItem' ? 'UnprocessedItems' : 'UnprocessedKeys';
  const body = Buffer.from(JSON.stringify({ ...json, [name]: left }));
  // Its checksum was the other body's.
  const { 'x-amz-crc32': _sum, ...headers } = answer.headers;
  return { status: 200, headers, body };
}
