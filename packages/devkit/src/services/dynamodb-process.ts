// The program of the local DynamoDB: dynalite, in memory.
import dynalite from 'dynalite';
import { parseArgs } from 'node:util';

import { keepParsedConditions } from './dynalite-conditions.ts';

keepParsedConditions();

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
server.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address !== 'string') process.stdout.write(`port ${address.port}\n`);
});
