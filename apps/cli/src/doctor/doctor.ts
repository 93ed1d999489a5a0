import { type Config, ConfigError, requireConfig } from '@migrator/config';
import { openServices, type Services } from '@migrator/runtime';
import { messageOf } from '@migrator/core';

import { columns } from '../cli/columns.ts';
import { exitCodes } from '../cli/exit-codes.ts';
import type { Outcome } from '../cli/run-command.ts';
import { checkRedis } from './check-redis.ts';
import { checkSource, checkTarget } from './check-services.ts';
import { judgeClock, judgeNode } from './judge.ts';
import { fail, type Line, ok, warn } from './line.ts';

/** Checks everything that a run needs, concurrently. Changes nothing and needs no API. */
export async function doctor({ users }: { readonly users: number }): Promise<Outcome> {
  const lines = [judgeNode(process.versions.node), ...(await checkAll(users))];
  const failed = lines.filter(({ level }) => level === 'fail').length;
  const verdict = failed === 0 ? 'A run can start.' : `${failed} to correct before a run can start.`;
  return {
    value: { ok: failed === 0, checks: lines },
    text: `${describeLines(lines)}\n${verdict}`,
    exitCode: failed === 0 ? exitCodes.done : exitCodes.failed,
  };
}

export function describeLines(lines: readonly Line[]): string {
  const marks = { ok: 'ok', warn: 'WARN', fail: 'FAIL' } as const;
  return columns(lines.map(({ check, level, says }) => [marks[level], check, says]));
}

async function checkAll(users: number): Promise<Line[]> {
  let config: Config;
  try {
    config = requireConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [fail('Configuration', error)];
  }
  const redis = checkRedis(config, users);
  // Does not create the table.
  const aws = { ...config.aws, createTable: false };
  let services: Services;
  try {
    services = await openServices({ ...config, aws });
  } catch (error) {
    // A line for each missing setting.
    const missing = messageOf(error).split('\n');
    return [...missing.map((says) => fail('Configuration', says)), ...(await redis)];
  }
  try {
    const found = await Promise.all([
      checkSource(services),
      checkTarget(services, config.aws),
      checkClock(services.configured.target.endpoint),
      redis,
    ]);
    return [ok('Configuration', 'complete'), ...found.flat()];
  } finally {
    await services.close();
  }
}

const limitMs = 5_000;

/** Compares the clock with the Date header of DynamoDB, which is precise to the second. */
async function checkClock(endpoint: string): Promise<Line[]> {
  const check = 'DynamoDB';
  try {
    const before = Date.now();
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(limitMs) });
    const date = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(date)) return [];
    return [judgeClock(check, (before + Date.now()) / 2 - (date + 500))];
  } catch {
    // There may be no direct connection, only a proxy. The check of the table reports an unreachable service.
    return [warn(`Clock (${check})`, 'not known: no direct connection')];
  }
}
