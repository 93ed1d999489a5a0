import { invalidArgument } from '../protocol/rpc-error.ts';

/** Where something lies: the database (`projects/P/databases/D`) and the ids below its documents. */
export interface ResourcePath {
  readonly database: string;
  readonly segments: readonly string[];
}

const databasePattern = /^projects\/[^/]+\/databases\/[^/]+$/;
const rootPattern = /^(projects\/[^/]+\/databases\/[^/]+)\/documents(?:\/(.*))?$/s;
const reservedPattern = /^__.+__$/s;
/** An entity that came from Datastore: a number of 64 bits other than zero, in its shortest form. */
const numericIdPattern = /^__id(-?[1-9]\d{0,18})__$/;
const maximumIdBytes = 1500;

/** Checks an id of a document or collection. @throws RpcError INVALID_ARGUMENT */
export function checkId(id: string, kind: 'Document' | 'Collection'): void {
  if (id === '') throw invalidArgument(`${kind} id must not be empty.`);
  if (id === '.' || id === '..') throw invalidArgument(`${kind} id "${id}" must not be "." or "..".`);
  if (id.includes('/')) throw invalidArgument(`${kind} id "${id}" must not contain a slash.`);
  if (reservedPattern.test(id) && !(kind === 'Document' && isNumericId(id))) {
    throw invalidArgument(`${kind} id "${id}" is invalid because it is reserved.`);
  }
}

/** Checks that ids are short enough to be stored; reads take longer ones. @throws RpcError INVALID_ARGUMENT */
export function checkIdLengths(segments: readonly string[]): void {
  for (const id of segments) {
    if (Buffer.byteLength(id) <= maximumIdBytes) continue;
    throw invalidArgument(`The id "${id.slice(0, 40)}…" is longer than ${maximumIdBytes} bytes.`);
  }
}

function isNumericId(id: string): boolean {
  const digits = numericIdPattern.exec(id)?.[1];
  return digits !== undefined && BigInt.asIntN(64, BigInt(digits)) === BigInt(digits);
}

/** Checks a database's name. @throws RpcError INVALID_ARGUMENT */
export function checkDatabaseName(name: string): string {
  if (!databasePattern.test(name)) {
    throw invalidArgument(
      `"${name}" is no database name: it must be "projects/{project}/databases/{database}".`,
    );
  }
  return name;
}

/** The parts of a resource name without a check of its ids: cursors may name what can't exist. */
export function splitName(name: string): ResourcePath {
  const match = rootPattern.exec(name);
  if (match?.[1] === undefined) {
    throw invalidArgument(
      `"${name}" is no document name: it must begin with "projects/{project}/databases/{database}/documents".`,
    );
  }
  return { database: match[1], segments: match[2] === undefined ? [] : match[2].split('/') };
}

function checkSegments(segments: readonly string[]): void {
  segments.forEach((segment, index) => checkId(segment, index % 2 === 0 ? 'Collection' : 'Document'));
}

/** The path of a document. @throws RpcError INVALID_ARGUMENT */
export function parseDocumentName(name: string): ResourcePath {
  const path = splitName(name);
  if (path.segments.length === 0 || path.segments.length % 2 !== 0) {
    throw invalidArgument(
      `Document name "${name}" must name a document: an even number of ids below "documents".`,
    );
  }
  checkSegments(path.segments);
  return path;
}

/** The path of a document or, without segments, of the root above all collections. @throws RpcError INVALID_ARGUMENT */
export function parseParentName(name: string): ResourcePath {
  const path = splitName(name);
  if (path.segments.length % 2 !== 0) {
    throw invalidArgument(`Parent "${name}" must be a document or the database's "documents".`);
  }
  checkSegments(path.segments);
  return path;
}

/** The resource name of a path; the root's ends in `/documents`. */
export function formatName(path: ResourcePath): string {
  return [`${path.database}/documents`, ...path.segments].join('/');
}
