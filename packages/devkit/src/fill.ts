// Fills the local Firestore that FIRESTORE_EMULATOR_HOST names with made-up journals: FILL_USERS users (20), each with
// FILL_ENTRIES entries (100), every fourth user without a document of their own.
import { fillFirestore } from './fixtures/fill-firestore.ts';
import { journals } from './fixtures/journals.ts';

const missingEvery = 4;

function required(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  return fail(`${name} holds nothing; this fills a local Firestore only, and has to know which`);
}

function count(name: string, otherwise: number): number {
  const text = process.env[name] || String(otherwise);
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  return fail(`${name} holds "${text}"; it may hold a whole number from 1 to 9999999`);
}

function fail(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(2);
}

const users = count('FILL_USERS', 20);
const entriesPerUser = count('FILL_ENTRIES', 100);
const FIRESTORE_EMULATOR_HOST = required('FIRESTORE_EMULATOR_HOST');
const GOOGLE_CLOUD_PROJECT = required('GOOGLE_CLOUD_PROJECT');

const filled = await fillFirestore(
  journals({ users, entriesPerUser, missingEvery: Math.min(missingEvery, users) }),
  { FIRESTORE_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT },
);
process.stdout.write(
  `filled ${GOOGLE_CLOUD_PROJECT} at ${FIRESTORE_EMULATOR_HOST}: ${filled.users} users, ${filled.entries} entries\n`,
);
