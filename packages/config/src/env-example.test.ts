import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { readConfig } from './index.ts';
import { type AnyVariable, variables } from './variables.ts';

const text = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
const lines = text.split('\n');
const examples = lines.flatMap((line, index) => {
  const [, name, value = ''] = /^#([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
  return name === undefined ? [] : [{ name, value, before: lines[index - 1] ?? '' }];
});
const names = examples.map(({ name }) => name);

/** Google's, AWS's and Firebase's own, and the command line's. */
const others = [
  'GOOGLE_APPLICATION_CREDENTIALS',
  'FIREBASE_SERVICE_ACCOUNT',
  'FIREBASE_PROJECT_ID',
  'FIREBASE_CLIENT_EMAIL',
  'FIREBASE_PRIVATE_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'MIGRATION_API_URL',
];

it('has every variable once, and no other', () => {
  expect(names.toSorted()).toEqual([...Object.keys(variables), ...others].toSorted());
});

it('has a comment before each variable', () => {
  for (const { name, before } of examples) expect(before, name).toMatch(/^# \S/);
});

it('sets nothing as it is', () => {
  for (const line of lines) expect(line).toMatch(/^(#|$)/);
});

const schemas = variables as Readonly<Record<string, AnyVariable>>;

it.each(examples.filter(({ name, value }) => value !== '' && schemas[name] !== undefined))(
  'the example of $name may be held',
  ({ name, value }) => {
    expect(() => readConfig({ [name]: value })).not.toThrow();
  },
);
