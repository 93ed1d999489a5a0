import {
  type Commit,
  type Issue,
  type IssuePage,
  type ListedKind,
  type ListedPage,
  listedKinds,
  operationNotFound,
  type PageRequest,
} from '@migrator/core';

import type { RedisConnection } from '../primary-redis.ts';
import { runScript } from '../run-script.ts';
import type { LedgerKeys } from './ledger-keys.ts';
import { optional } from './operation-record.ts';
import { scripts } from './scripts.ts';

/** A page of an operation's issues, in the order of their arrival. */
export async function listIssues(
  redis: RedisConnection,
  ledgerKeys: LedgerKeys,
  id: string,
  { code, cursor = '0', limit }: PageRequest & { code?: string },
): Promise<IssuePage> {
  const [kept, order] = ledgerKeys.issues(id);
  const keys = [ledgerKeys.operation(id), kept, order];
  const [outcome, ...pairs] = await runScript(redis, scripts.issues, keys, [cursor, limit, optional(code)]);
  if (outcome === 'not-found') throw operationNotFound(id);
  const found = issuesOf(pairs);
  const shown = found.slice(0, limit);
  const issues = shown.map(({ issue }) => issue);
  return found.length === shown.length ? { issues } : { issues, cursor: shown.at(-1)?.arrival };
}

export async function listTaskIssues(
  redis: RedisConnection,
  ledgerKeys: LedgerKeys,
  id: string,
  task: string,
): Promise<readonly Issue[]> {
  const [kept, , index] = ledgerKeys.issues(id);
  const keys = [ledgerKeys.operation(id), kept, index];
  const [outcome, ...pairs] = await runScript(redis, scripts.taskIssues, keys, [task]);
  if (outcome === 'not-found') throw operationNotFound(id);
  return issuesOf(pairs).map(({ issue }) => issue);
}

/** A page of an operation's listed entries of one kind. */
export async function listEntries(
  redis: RedisConnection,
  keys: LedgerKeys,
  id: string,
  { kind, cursor = '0', limit }: PageRequest & { kind: ListedKind },
): Promise<ListedPage> {
  const first = kindNumber(kind) * listSpan;
  const [after, upTo] = [`(${first + Number(cursor)}`, `(${first + listSpan}`];
  const key = keys.listed(id);
  const pairs = await redis.zrangebyscore(key, after, upTo, 'WITHSCORES', 'LIMIT', 0, limit + 1);
  const shown = pairs.slice(0, 2 * limit);
  const entries = shown
    .filter((_, index) => index % 2 === 0)
    .map((member) => {
      const [, task = '', ...rest] = member.split('\0');
      return { task, key: rest.join('\0') };
    });
  return pairs.length === shown.length
    ? { entries }
    : { entries, cursor: String(Number(shown.at(-1)) - first) };
}

/** The script arguments for a commit's changes of the lists. */
export function listArguments({ resolved = [], issues = [], listed = [] }: Commit): (string | number)[] {
  return [
    resolved.length,
    ...resolved,
    issues.length,
    ...issues.flatMap(({ key, code, detail }) => [key, code, JSON.stringify(detail)]),
    listed.length,
    ...listed.flatMap(({ kind, key }) => [kindNumber(kind), key]),
  ];
}

/** As in lua/includes/listed-entries.lua. */
const listSpan = 1e12;

function kindNumber(kind: ListedKind): number {
  return listedKinds.indexOf(kind) + 1;
}

/** Issues from the pairs of member and record that a script returns (lua/includes/kept-issues.lua). */
function issuesOf(pairs: readonly string[]): { issue: Issue; arrival: string }[] {
  const issues = [];
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const [, task = '', key = ''] = /^([^\0]*)\0([^]*)$/.exec(pairs[index] ?? '') ?? [];
    const [, arrival = '', code = '', detail = '{}'] =
      /^(\d+)\|([^|]*)\|([^]*)$/.exec(pairs[index + 1] ?? '') ?? [];
    issues.push({ arrival, issue: { task, key, code, detail: JSON.parse(detail) } });
  }
  return issues;
}
