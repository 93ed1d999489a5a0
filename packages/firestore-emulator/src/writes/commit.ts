import { checkIdLengths, parseDocumentName, type ResourcePath } from '../names/resource-name.ts';
import type { Write, WriteResult } from '../protocol/messages.ts';
import { invalidArgument } from '../protocol/rpc-error.ts';
import type { Database } from '../store/database.ts';
import { documentFields, documentName, makeDocument, type StoredDocument } from '../store/stored-document.ts';
import { mergeFields, parseFieldMask } from '../values/field-mask.ts';
import { normaliseField } from '../values/normalise-value.ts';
import { documentSize } from '../values/value-size.ts';
import { type FieldMap, readFieldMap } from '../wire/field-map.ts';
import { toProtoTimestamp } from '../wire/timestamp.ts';
import { checkPrecondition } from './precondition.ts';
import { applyTransforms, checkTransforms } from './transforms.ts';
import { contentField, contentOf, readArrayElements, valueKind } from '../values/value.ts';

const maximumDocumentSize = 1_048_576;
// The encoding of a value is never less than a quarter of what Firestore counts for it, so smaller ones pass unmeasured.
const surelySmallEncoding = 200_000;

/** The state of one document within a commit that is under way. */
interface Draft {
  readonly path: ResourcePath;
  readonly original: StoredDocument | undefined;
  /** The encoded fields that the document will have; undefined when it will not exist. */
  fields: FieldMap | undefined;
  updateTime: number | undefined;
}

/** A write that has been checked as far as it can be without its document. */
export interface Intent {
  readonly name: string;
  readonly path: ResourcePath;
  readonly write: Write;
  /** The fields after the write without its transforms; undefined for a delete. */
  readonly apply: (before: FieldMap | undefined) => FieldMap | undefined;
  readonly transforms: Write['updateTransforms'];
}

function intentOf(write: Write): Pick<Intent, 'name' | 'apply' | 'transforms'> {
  switch (write.operation) {
    case 'update': {
      const encoded = write.update ?? new Uint8Array(0);
      const given = documentFields(encoded);
      for (const [field, value] of given) given.set(field, normaliseField(field, value));
      const mask = write.updateMask === null ? undefined : parseFieldMask(write.updateMask.fieldPaths);
      return {
        name: documentName(encoded),
        apply: (before) => (mask === undefined ? given : mergeFields(before ?? new Map(), given, mask)),
        transforms: write.updateTransforms,
      };
    }
    case 'delete':
      return { name: write.delete ?? '', apply: () => undefined, transforms: [] };
    case 'transform':
      return {
        name: write.transform?.document ?? '',
        apply: (before) => before ?? new Map(),
        transforms: write.transform?.fieldTransforms ?? [],
      };
    default:
      throw invalidArgument('A write must update, delete or transform a document.');
  }
}

function checkSize(path: ResourcePath, name: string, document: StoredDocument, fields: FieldMap): void {
  if (document.encoded.length <= surelySmallEncoding) return;
  const size = documentSize(path.segments, fields);
  if (size > maximumDocumentSize) {
    throw invalidArgument(
      `Document '${name}' cannot be written because its size (${size} bytes) exceeds the maximum allowed size of ${maximumDocumentSize} bytes.`,
    );
  }
}

function finish(draft: Draft, name: string, time: number): StoredDocument | undefined {
  const { original, fields, path } = draft;
  if (fields === undefined) return undefined;
  if (original !== undefined && draft.updateTime === original.updateTime) return original;
  const document = makeDocument(name, fields, original?.createTime ?? time, time);
  checkSize(path, name, document, fields);
  return document;
}

export interface CommitResult {
  readonly results: readonly WriteResult[];
  /** In microseconds since 1970. */
  readonly time: number;
}

function stage(draft: Draft, intent: Intent, time: number): WriteResult {
  checkPrecondition(intent.write.currentDocument, intent.name, draft.updateTime);
  const before = draft.fields;
  let after = intent.apply(before);
  let transformResults: readonly Uint8Array[] = [];
  if (after !== undefined && intent.transforms.length > 0) {
    ({ fields: after, results: transformResults } = applyTransforms(after, intent.transforms, time));
  }
  draft.fields = after;
  if (after === undefined) draft.updateTime = undefined;
  // What changes nothing leaves the document's update time alone, as the service does.
  else if (before === undefined || !sameFields(before, after)) draft.updateTime = time;
  return {
    updateTime: draft.updateTime === undefined ? null : toProtoTimestamp(draft.updateTime),
    transformResults,
  };
}

/** Checks writes without looking at the documents: the service does that before all else. @throws RpcError INVALID_ARGUMENT */
export function parseWrites(database: Database, writes: readonly Write[]): readonly Intent[] {
  return writes.map((write) => {
    const intent = intentOf(write);
    checkTransforms(intent.transforms);
    const path = parseDocumentName(intent.name);
    checkIdLengths(path.segments);
    if (path.database !== database.name) {
      throw invalidArgument(`Document "${intent.name}" is not in the request's database "${database.name}".`);
    }
    return { ...intent, path, write };
  });
}

/** Applies all writes at one time, or none. @throws RpcError as the service answers */
export function commit(database: Database, intents: readonly Intent[]): CommitResult {
  const time = database.clock.nextCommitTime();
  const drafts = new Map<string, Draft>();
  const results = intents.map((intent) => {
    const { name, path } = intent;
    let draft = drafts.get(name);
    if (draft === undefined) {
      const original = database.get(path.segments);
      const fields = original === undefined ? undefined : documentFields(original.encoded);
      draft = { path, original, fields, updateTime: original?.updateTime };
      drafts.set(name, draft);
    }
    return stage(draft, intent, time);
  });
  const documents = [...drafts].map(([name, draft]) => ({ draft, document: finish(draft, name, time) }));
  for (const { draft, document } of documents) {
    if (document !== draft.original) database.change(draft.path.segments, document, time);
  }
  return { results, time };
}

function sameValue(a: Uint8Array, b: Uint8Array): boolean {
  if (Buffer.compare(a, b) === 0) return true;
  const leftMap = contentOf(a, valueKind.map);
  const rightMap = contentOf(b, valueKind.map);
  if (leftMap !== undefined && rightMap !== undefined) {
    return sameFields(readFieldMap(leftMap, contentField), readFieldMap(rightMap, contentField));
  }
  const leftArray = contentOf(a, valueKind.array);
  const rightArray = contentOf(b, valueKind.array);
  if (leftArray === undefined || rightArray === undefined) return false;
  const left = readArrayElements(leftArray);
  const right = readArrayElements(rightArray);
  return left.length === right.length && left.every((item, index) => sameValue(item, right[index]!));
}

/** Whether two sets of encoded fields hold the same, in any order of the fields. 1 and 1.0 differ here. */
function sameFields(a: ReadonlyMap<string, Uint8Array>, b: ReadonlyMap<string, Uint8Array>): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined || !sameValue(value, other)) return false;
  }
  return true;
}
