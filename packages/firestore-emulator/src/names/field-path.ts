import { invalidArgument } from '../protocol/rpc-error.ts';

/** The names of nested fields, outermost first. */
export type FieldPath = readonly string[];

/** The path of the pseudo field that stands for a document's name. */
export const nameField = '__name__';

const simpleSegment = /[a-zA-Z_][a-zA-Z_0-9]*/y;
const quotedSegment = /`((?:[^`\\]|\\.)*)`/sy;
const reservedName = /^__.+__$/s;
const maximumNameBytes = 1500;

/** Parses `a.b` and `` a.`odd name` ``. @throws RpcError INVALID_ARGUMENT */
export function parseFieldPath(text: string): FieldPath {
  const path: string[] = [];
  let at = 0;
  while (at <= text.length) {
    const pattern = text[at] === '`' ? quotedSegment : simpleSegment;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null || match[1] === '') throw invalidArgument(`Invalid property path "${text}".`);
    path.push(match[1] === undefined ? match[0] : match[1].replaceAll(/\\(.)/gs, '$1'));
    at = pattern.lastIndex;
    if (at === text.length) return path;
    if (text[at] !== '.') throw invalidArgument(`Invalid property path "${text}".`);
    at += 1;
  }
  throw invalidArgument(`Invalid property path "${text}".`);
}

/** Checks the name of a field of a document. @throws RpcError INVALID_ARGUMENT */
export function checkFieldName(name: string): void {
  if (name === '') throw invalidArgument('A property name must not be empty.');
  if (reservedName.test(name)) throw invalidArgument(`The property name "${name}" is reserved.`);
  if (Buffer.byteLength(name) > maximumNameBytes) {
    throw invalidArgument(
      `The property name "${name.slice(0, 40)}…" is longer than ${maximumNameBytes} bytes.`,
    );
  }
}

export function isNameField(path: FieldPath): boolean {
  return path.length === 1 && path[0] === nameField;
}

export function samePath(a: FieldPath, b: FieldPath): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}
