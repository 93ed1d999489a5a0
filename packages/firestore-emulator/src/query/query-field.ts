import { isNameField, type FieldPath } from '../names/field-path.ts';
import { documentField, documentName, type StoredDocument } from '../store/stored-document.ts';
import { fieldAt } from '../values/field-mask.ts';
import { decodeValue, type FirestoreValue } from '../values/value.ts';

/** The value that a query sees at a path of a document; undefined when there is none. */
export function queryField(document: StoredDocument, path: FieldPath): FirestoreValue | undefined {
  if (isNameField(path)) return { kind: 'reference', value: documentName(document.encoded) };
  const first = path[0]!;
  const outer = documentField(document.encoded, first);
  if (outer === undefined) return undefined;
  const value = path.length === 1 ? outer : fieldAt(new Map([[first, outer]]), path);
  return value === undefined ? undefined : decodeValue(value);
}
