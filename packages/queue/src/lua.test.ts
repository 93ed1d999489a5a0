import { readdirSync, readFileSync } from 'node:fs';

import { startRedis } from '@migrator/devkit';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';

import { luaFiles } from './lua-files.ts';
import { loadScript } from './run-script.ts';

const names = [...luaFiles.keys()].filter((name) => !name.startsWith('includes/'));

/** Scripts that a module of this package loads. */
const loaded = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .map((path) => readFileSync(`${import.meta.dirname}/${path}`, 'utf8'))
  .flatMap((text) => [...text.matchAll(/loadScript\('([\w-]+)'\)/g)].map(([, name = '']) => name));

function textOf(path: string): string {
  return luaFiles.get(path) ?? '';
}

function headerOf(name: string): { text: string; output: string } {
  const [, text = ''] = /^--\[\[\n([\s\S]*?)\n\]\]\n/.exec(textOf(name)) ?? [];
  const [, output = ''] = /\n {2}Output[^\n]*:\n([\s\S]*)$/.exec(text) ?? [];
  return { text, output };
}

function codeOf(text: string): string {
  return text.replace(/^--\[\[\n[\s\S]*?\n\]\]\n/, '').replaceAll(/--.*$/gm, '');
}

/** What the header promises of KEYS or ARGV: a name for each, and from which on there may be any number. */
function promised(table: 'KEYS' | 'ARGV', header: string) {
  const fixed = [...header.matchAll(new RegExp(String.raw`^ {4}${table}\[(\d+)\] (\w+)  \S`, 'gm'))];
  const [, rest] = new RegExp(String.raw`^ {4}${table}\[(\d+)\.\.\.\]  \S`, 'm').exec(header) ?? [];
  return { fixed: fixed.map(([, at, name]) => `${at} ${name}`), rest: rest && Number(rest) };
}

/** The local that each numbered element is bound to, in the order of the numbers. */
function bound(table: 'KEYS' | 'ARGV', code: string): string[] {
  const locals: [number, string][] = [];
  for (const [, left = '', right = ''] of code.matchAll(/^local ([\w, ]+) =\s+(.+)$/gm)) {
    const values = right.split(', ');
    for (const [index, name] of left.split(', ').entries()) {
      const [, at] = new RegExp(String.raw`\b${table}\[(\d+)\]`).exec(values[index] ?? '') ?? [];
      if (at !== undefined) locals.push([Number(at), name]);
    }
  }
  return locals.toSorted(([a], [b]) => a - b).map(([at, name]) => `${at} ${name}`);
}

function quoted(text: string): string[] {
  return [...text.matchAll(/'([\w-]+)'/g)].map(([, word = '']) => word);
}

test('every script is loaded by a module, every include by a script', () => {
  expect(loaded.toSorted()).toEqual(names.toSorted());
  const included = [...luaFiles.values()]
    .flatMap((text) => [...text.matchAll(/^--- @include "(.*)"$/gm)])
    .map(([, path = '']) => path);
  const includes = [...luaFiles.keys()].filter((path) => path.startsWith('includes/'));
  expect([...new Set(included)].toSorted()).toEqual(includes.toSorted());
});

test('Redis compiles every script, and knows it by the hash that it is called by', async () => {
  await using service = await startRedis();
  const redis = new Redis(service.url);
  for (const name of names) {
    const { source, sha } = loadScript(name);
    expect(source, name).not.toContain('@include');
    expect(await redis.script('LOAD', source), name).toBe(sha);
  }
  await redis.quit();
});

test('a script that is not there is told by its file', () => {
  expect(() => loadScript('no-such-script')).toThrow('lua/no-such-script.lua');
});

test.each(names)('the header of %s names its keys, arguments and answers', (name) => {
  const { text, output } = headerOf(name);
  const body = codeOf(textOf(name));
  const code = codeOf(loadScript(name).source);

  for (const table of ['KEYS', 'ARGV'] as const) {
    const { fixed, rest } = promised(table, text);
    expect(fixed, table).toEqual(bound(table, code));
    expect(fixed.map((one) => Number.parseInt(one, 10))).toEqual(fixed.map((_, index) => index + 1));
    // Each is read once, into the local that says what it is; a file that is included twice stands there once.
    expect(code.match(new RegExp(String.raw`\b${table}\[\d`, 'g')) ?? []).toHaveLength(fixed.length);
    const [from] = body.match(/(?<=\blistsFrom\()\d+(?=\))/) ?? [];
    const keysFrom = /\bKEYS\b(?!\[\d)/.test(code) ? fixed.length + 1 : undefined;
    expect(rest, table).toBe(table === 'KEYS' ? keysFrom : from && Number(from));
    expect([undefined, fixed.length + 1]).toContain(rest);
  }

  // A name that is not defined fails only when Redis comes to its line.
  const defined = [...code.matchAll(/\blocal function (\w+)/g)].map(([, one]) => one);
  const called = [...code.matchAll(/(?<![.\w])(\w+)\(/g)].map(([, one]) => one);
  expect([...defined, 'ipairs', 'pairs', 'tonumber']).toEqual(expect.arrayContaining(called));

  expect(output.trim()).not.toBe('');
  const answers = [...body.matchAll(/\breturn (?:\{ )?'([\w-]+)'/g)].map(([, word]) => word);
  expect(quoted(output)).toEqual(expect.arrayContaining(answers));
  for (const answer of quoted(output)) expect(code).toContain(`'${answer}'`);
});
