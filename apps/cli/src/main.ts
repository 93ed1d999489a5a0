#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';

import { exitCodes } from './cli/exit-codes.ts';
import { backup } from './commands/backup.ts';
import { completion } from './commands/completion.ts';
import { control, pace } from './commands/control.ts';
import { doctor } from './commands/doctor.ts';
import { entries } from './commands/entries.ts';
import { failures } from './commands/failures.ts';
import { report } from './commands/report.ts';
import { restore } from './commands/restore.ts';
import { retry } from './commands/retry.ts';
import { rollback } from './commands/rollback.ts';
import { runs } from './commands/runs.ts';
import { start } from './commands/start.ts';
import { status } from './commands/status.ts';
import { user } from './commands/user.ts';
import { verify } from './commands/verify.ts';
import { watch } from './commands/watch.ts';
import { workers } from './commands/workers.ts';
import { parseCount, parsePort } from './parse-number.ts';

const program = new Command('journal-migrate').description(
  'Moves trading journals from Cloud Firestore to DynamoDB.',
);
// A command below another one has its own options.
program.enablePositionalOptions();

for (const command of [
  doctor(),
  start(),
  watch(),
  status(),
  verify(),
  workers(),
  failures(),
  entries(),
  user(),
  retry(),
  control('pause'),
  control('resume'),
  control('cancel'),
  pace(),
  rollback(),
  report(),
  runs(),
  backup(),
  restore(),
])
  program.addCommand(command);

program
  .command('services')
  .description('start Redis, Firestore and DynamoDB on this machine and print their environment')
  .option('--redis-port <port>', 'a port of 127.0.0.1; a free one by default', parsePort)
  .option('--firestore-port <port>', 'a port of 127.0.0.1; a free one by default', parsePort)
  .option('--dynamodb-port <port>', 'a port of 127.0.0.1; a free one by default', parsePort)
  .action(async (options) => {
    const { services } = await import('./services.ts');
    await services(options);
  });

program
  .command('demo')
  .description('migrate generated journals on this machine, with local services, and keep everything running')
  .option('--users <n>', 'how many users have a journal', parseCount, 20)
  .option('--entries <m>', 'how many entries each journal has', parseCount, 100)
  .addOption(
    new Option('--port <port>', "the API's port; another one if it is taken")
      .env('PORT')
      .argParser(parsePort)
      .default(5000),
  )
  .option(
    '--exit',
    'end when the run has ended; exit code 0 only if everything was migrated and verified',
    false,
  )
  .option('--json', 'the result as one JSON object on the last line of stdout', false)
  .action(async (options) => {
    const { demo } = await import('./demo/demo.ts');
    await demo(options);
  });

program
  .command('chaos')
  .description('migrate generated journals under injected faults, then compare the table with the source')
  .option('--seed <n>', 'the seed of the random faults', parseCount, 1)
  .option('--faults <n>', 'the number of faults of all kinds', parseCount, 100)
  .option('--entries <n>', 'how many entries', parseCount, 10_000)
  .option('--json', 'the result as one JSON object on the last line of stdout', false)
  .action(async (options) => {
    const { chaos } = await import('./chaos.ts');
    await chaos(options);
  });

program.addCommand(completion(program));
program.addHelpText(
  'after',
  `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the API or its services do not answer, 4 refused,
5 ended with failures, an invalid verification or by a cancel; 128 and its number after a signal.

Example, a first run:
  journal-migrate start --dry-run --watch
  journal-migrate start --watch`,
);
overrideExit(program);

function overrideExit(command: Command): void {
  command.exitOverride();
  for (const below of command.commands) overrideExit(below);
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has printed the error.
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
}
