import { type Command, InvalidArgumentError } from 'commander';

import { apiCommand } from '../cli/api-command.ts';
import { UsageError } from '../cli/exit-codes.ts';
import { parseWhole } from '../parse-count.ts';

export function pace(): Command {
  return apiCommand(
    'pace <units>',
    'limit the write units a second, over all workers together; "none" takes the limit away',
    async ({ api }, _, units: string) => {
      const value = await api.pace(parseUnits(units));
      const limit = units === 'none' ? 'no limit' : `${units} write units a second`;
      return { value, text: `From now on: ${limit}.` };
    },
  ).addHelpText('after', '\nExamples:\n  journal-migrate pace 500\n  journal-migrate pace none');
}

function parseUnits(units: string): number | null {
  if (units === 'none') return null;
  try {
    return parseWhole(units);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`'${units}' is no pace: give write units a second (500), or none.`);
  }
}
