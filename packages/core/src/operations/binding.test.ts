import { expect, test } from 'vitest';

import {
  type Binding,
  bindingDifferences,
  bindingFingerprint,
  describeDifferences,
  isSameBinding,
} from './binding.ts';

const source = {
  project: 'p',
  database: '(default)',
  usersCollection: 'users',
  journalCollection: 'trading-journal',
};
const target = {
  table: 'journals',
  region: 'eu-central-1',
  endpoint: 'https://dynamodb.eu-central-1.amazonaws.com',
};
const binding: Binding = { source, target, settings: { oversize: 'fail' } };

const others: [string, Binding][] = [
  ['project', { ...binding, source: { ...source, project: 'q' } }],
  ['database', { ...binding, source: { ...source, database: 'q' } }],
  ['emulator', { ...binding, source: { ...source, emulator: '127.0.0.1:8080' } }],
  ['usersCollection', { ...binding, source: { ...source, usersCollection: 'q' } }],
  ['journalCollection', { ...binding, source: { ...source, journalCollection: 'q' } }],
  ['table', { ...binding, target: { ...target, table: 'q' } }],
  ['region', { ...binding, target: { ...target, region: 'q' } }],
  ['endpoint', { ...binding, target: { ...target, endpoint: 'q' } }],
  ['oversize', { ...binding, settings: { oversize: 'gzip' } }],
];

test.each(others)('%s makes another binding, and is named', (field, other) => {
  expect(bindingFingerprint(other)).not.toBe(bindingFingerprint(binding));
  expect(isSameBinding(binding, other)).toBe(false);
  expect(bindingDifferences(binding, other).map((one) => one.field)).toEqual([field]);
});

test('values do not run into each other', () => {
  const one = { ...binding, source: { ...source, project: 'a', database: 'b","c' } };
  const other = { ...binding, source: { ...source, project: 'a","b', database: 'c' } };
  expect(bindingFingerprint(one)).not.toBe(bindingFingerprint(other));
});

test('an account counts only where both know it', () => {
  const inAccount = (account: string): Binding => ({ ...binding, target: { ...target, account } });
  expect(isSameBinding(binding, inAccount('1'))).toBe(true);
  expect(isSameBinding(inAccount('1'), binding)).toBe(true);
  expect(isSameBinding(inAccount('1'), inAccount('2'))).toBe(false);
  expect(bindingFingerprint(inAccount('1'))).toBe(bindingFingerprint(binding));
});

test('the order of the fields does not matter', () => {
  const turned = { settings: binding.settings, target: { ...target }, source: { ...source } };
  expect(bindingFingerprint(JSON.parse(JSON.stringify(turned)))).toBe(bindingFingerprint(binding));
});

test('only the parts that are asked for are compared', () => {
  const gzip: Binding = { ...binding, settings: { oversize: 'gzip' } };
  expect(isSameBinding(binding, gzip, ['source', 'target'])).toBe(true);
  expect(isSameBinding(binding, { ...gzip, source: { ...source, project: 'q' } }, ['target'])).toBe(true);
});

test('differences are told with the variable to change', () => {
  const other: Binding = {
    ...binding,
    source: { ...source, emulator: 'h:1' },
    target: { ...target, table: 'q' },
  };
  const words = describeDifferences(bindingDifferences(binding, other), {
    actual: 'here',
    expected: 'in this run',
  });
  expect(words).toBe(
    'Firestore emulator is h:1 here and none in this run (FIRESTORE_EMULATOR_HOST); ' +
      'table is q here and journals in this run (DYNAMODB_TABLE)',
  );
});
