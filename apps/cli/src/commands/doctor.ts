import { Command } from 'commander';

import { runCommand } from '../cli/run-command.ts';
import { parseWhole } from '../parse-number.ts';

interface DoctorOptions {
  readonly users: number;
  readonly json: boolean;
}

export function doctor(): Command {
  return new Command('doctor')
    .description('check everything that a run needs, and say what to do; writes nothing, needs no API')
    .option('--users <n>', 'how many users Redis must have room for', parseWhole, 100_000)
    .option('--json', 'one JSON object on the last line of stdout', false)
    .addHelpText('after', '\nExample:\n  journal-migrate doctor --users 1000000 && pnpm api')
    .action(async (options: DoctorOptions) => {
      await runCommand(options, async () => {
        // Loaded on demand: the libraries of the services load slowly.
        const { doctor: examine } = await import('../doctor/doctor.ts');
        return await examine(options);
      });
    });
}
