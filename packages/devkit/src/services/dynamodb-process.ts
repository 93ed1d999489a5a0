// The program of the local DynamoDB: dynalite, in memory.
import dynalite from 'dynalite';
import { parseArgs } from 'node:util';

import { messageOf } from '@migrator/core';

import { listenOnLoopback } from '../listen.ts';
import { keepParsedConditions } from './dynalite-conditions.ts';

keepParsedConditions();

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
try {
  process.stdout.write(`port ${await listenOnLoopback(server, Number(values.port))}\n`);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}
