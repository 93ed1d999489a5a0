import { Command } from 'commander';
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

await program.parseAsync();
