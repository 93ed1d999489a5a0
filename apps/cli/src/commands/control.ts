import type { CurrentStatus } from '@migrator/engine';
import { type Command, InvalidArgumentError } from 'commander';

import { amount } from '../amount.ts';
import { apiCommand } from '../cli/api-command.ts';
import { UsageError } from '../cli/exit-codes.ts';
import { parseWhole } from '../parse-number.ts';

const controls = {
  pause: 'pause the active operation, on all workers',
  resume: 'resume the paused operation',
  cancel: 'cancel the active operation; final',
} as const;

export function control(name: keyof typeof controls): Command {
  return apiCommand(name, controls[name], async ({ api }) => {
    const value = await api[name]();
    const { state, operationId } = value.currentStatus;
    return { value, text: `${state}${operationId === null ? '' : ` ${operationId}`}` };
  });
}

export function pace(): Command {
  return apiCommand(
    'pace <units>',
    'limit the write units a second of all workers together; "none" removes the limit',
    async ({ api }, _, units: string) => {
      const value = await api.pace(parseUnits(units));
      return { value, text: describePace(value.currentStatus) };
    },
  ).addHelpText(
    'after',
    `
Set while something runs, the limit ends with that. Set while nothing runs, it stays.

Examples:
  journal-migrate pace 500
  journal-migrate pace none`,
  );
}

function parseUnits(units: string): number | null {
  if (units === 'none') return null;
  try {
    return parseWhole(units);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`'${units}' is no limit: give write units a second (500), or none.`);
  }
}

export function describePace({ maxWriteUnitsPerSecond: limit }: CurrentStatus): string {
  return limit === null ? 'no limit of write units' : `at most ${amount(limit)} write units a second`;
}
