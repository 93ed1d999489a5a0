import type { ListedKind } from '@migrator/core';

/** The kinds whose entries name a field. Those of others have their date alone as the key. */
const kindsWithField: ReadonlySet<ListedKind> = new Set(['encoded-as-text', 'unexpected-type']);

/** Names of fields may be long, and the lists are bounded. */
const maxFieldLength = 200;

/**
 * The key of a listed entry of a kind that names a field, such as `performance.factor`. A date may hold NUL, the path
 * of a field never does.
 */
export function listedKey(date: string, field: string): string {
  return `${date}\0${field.slice(0, maxFieldLength)}`;
}

export function readListedKey(kind: ListedKind, key: string): { date: string; field?: string } {
  const end = kindsWithField.has(kind) ? key.lastIndexOf('\0') : -1;
  if (end === -1) return { date: key };
  const field = key.slice(end + 1);
  return { date: key.slice(0, end), ...(field === '' ? {} : { field }) };
}

/** The same without the field, whose name may be the user's data. */
export function withoutField(kind: ListedKind, key: string): string {
  return kindsWithField.has(kind) ? listedKey(readListedKey(kind, key).date, '') : key;
}
