import { type Command, Option } from 'commander';

import { apiCommand } from '../cli/api-command.ts';
import { watchVerification } from './watch.ts';

export function verify(): Command {
  return apiCommand(
    'verify',
    'compare what the last run covered, field by field',
    async (session, { mode }: { mode: 'full' | 'count' }) => {
      const { verificationId } = await session.api.verify({ mode, waitSeconds: 1 });
      return await watchVerification(session, verificationId);
    },
  )
    .addOption(
      new Option('--mode <mode>', 'count: only how many there are on both sides')
        .choices(['full', 'count'])
        .default('full'),
    )
    .addHelpText('after', '\nExample:\n  journal-migrate verify && echo valid');
}
