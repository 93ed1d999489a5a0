import { Command } from 'commander';
import { parseCount } from './parse-count.ts';
import { parsePort } from './parse-port.ts';

const program = new Command('migrator').description(
  'Moves trading journals from Cloud Firestore to DynamoDB.',
);

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
  .description(
    'migrate made-up journals on this machine, with services of its own, and stay up to look at it',
  )
  .option('--users <n>', 'how many users have a journal', parseCount, 20)
  .option('--entries <m>', 'how many entries each journal has', parseCount, 100)
  .option('--exit', 'end when the run has ended; status 0 only if all was migrated and verified', false)
  .option('--json', 'the result as one JSON object on the last line of stdout', false)
  .action(async (options) => {
    const { demo } = await import('./demo/demo.ts');
    await demo(options);
  });

program
  .command('chaos')
  .description('migrate made-up journals under faults of all kinds, then compare the table with the source')
  .option('--seed <n>', 'what decides on the faults', parseCount, 1)
  .option('--faults <n>', 'how many faults, of all kinds together', parseCount, 100)
  .option('--entries <n>', 'how many entries', parseCount, 10_000)
  .option('--json', 'the result as one JSON object on the last line of stdout', false)
  .action(async (options) => {
    const { chaos } = await import('./chaos.ts');
    await chaos(options);
  });

await program.parseAsync();
