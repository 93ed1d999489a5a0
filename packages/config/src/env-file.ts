import { lstatSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

import { ConfigError } from './config-error.ts';

/**
 * The variables of a `.env` file; undefined if there is none. Throws a ConfigError for a file that can't be read
 * completely.
 */
export function readEnvFile(path: string): Readonly<Record<string, string>> | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT' && lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    throw refusal(path, `can't be read (${describe(code)}); make it a readable text file, or remove it`);
  }
  return parseEnvText(path, decode(path, bytes));
}

function describe(code: string): string {
  if (code === 'EISDIR') return 'it is a directory';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission';
  return code === 'ENOENT' ? 'a broken link' : code;
}

/** Editors on Windows save UTF-16, or UTF-8 with a byte order mark; both are detected by their first bytes. */
function decode(path: string, bytes: Buffer): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  let text: string;
  try {
    // It removes the byte order mark.
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw refusal(path, `is not valid ${encoding.toUpperCase()}; save it as UTF-8`);
  }
  if (text.includes('\0')) throw refusal(path, 'holds NUL characters; save it as UTF-8');
  return text.replaceAll(/\r\n?/g, '\n');
}

const assignment = /^[ \t]*(?:export +)?(?<name>[A-Za-z_]\w*)[ \t]*=(?<rest>.*)/;

/**
 * Node's parser ignores a line that it does not understand, and cuts a value at a `#`. So each line is checked first,
 * or a variable would be lost silently. Messages give line numbers, never the content, which may be a secret.
 */
function parseEnvText(path: string, text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n');
  const seen = new Map<string, { line: number; value: string }>();
  const parsed = parseEnv(text);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (/^\s*(#|$)/.test(line)) continue;
    const at = index + 1;
    const { name, rest = '' } = assignment.exec(line)?.groups ?? {};
    const value = rest.replace(/^[ \t]+/, '');
    if (name === undefined)
      throw refusal(path, `line ${at} is no NAME=value; correct it, or make it a # comment`);
    const end = /^["'`]/.test(value) ? closingLine(lines, index, value) : index;
    if (end === undefined)
      throw refusal(path, `line ${at}: the quote before ${name}'s value is never closed`);
    const raw = end === index ? value : [value, ...lines.slice(index + 1, end + 1)].join('\n');
    requireWhole(path, at, name, raw);
    const before = seen.get(name);
    if (before !== undefined && before.value !== raw)
      throw refusal(path, `gives ${name} twice, in lines ${before.line} and ${at}; keep one of them`);
    seen.set(name, { line: at, value: raw });
    index = end;
  }
  const differs = [...new Set([...seen.keys(), ...Object.keys(parsed)])].find(
    (name) => !seen.has(name) || parsed[name] === undefined,
  );
  if (differs !== undefined) throw refusal(path, `is ambiguous at ${differs}; put its value in quotes`);
  return parsed as Record<string, string>;
}

/** The line where the value's first quote is closed; quoted values may have several lines. */
function closingLine(lines: readonly string[], first: number, value: string): number | undefined {
  const quote = value.charAt(0);
  if (value.includes(quote, 1)) return first;
  const more = lines.findIndex((line, index) => index > first && line.includes(quote));
  return more === -1 ? undefined : more;
}

/**
 * Throws if Node's parser would drop a part of the value: after a closing quote, or from a `#` on, except a comment.
 */
function requireWhole(path: string, at: number, name: string, raw: string): void {
  const quote = /^["'`]/.exec(raw)?.[0];
  if (quote !== undefined) {
    const tail = raw.slice(raw.indexOf(quote, 1) + 1);
    if (!/^\s*(#|$)/.test(tail))
      throw refusal(path, `line ${at}: something follows ${name}'s closing quote; put all of it in quotes`);
  } else if (/[^\s]#/.test(raw)) {
    const comment = raw.search(/\s#/);
    const hash = raw.search(/[^\s]#/);
    if (comment === -1 || hash < comment)
      throw refusal(path, `line ${at}: ${name}'s value holds a #, which would cut it; put it in quotes`);
  }
}

function refusal(path: string, what: string): ConfigError {
  return new ConfigError(path, `${path} ${what}`);
}
