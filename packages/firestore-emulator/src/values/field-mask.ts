import { parseFieldPath, type FieldPath } from '../names/field-path.ts';
import { readFieldMap, type FieldMap } from '../wire/field-map.ts';
import { typeName } from './check-vector.ts';
import { encodeMap } from './encode-value.ts';
import { contentField, contentOf, valueKind } from './value.ts';

/** A set of field paths as a tree; a leaf (no branches) takes the field whole. */
type MaskTree = Map<string, MaskTree>;

/** A set of fields of a document, nested ones too. */
export type FieldMask = MaskTree;

/** A mask of parsed paths; a path takes what lies below it. */
export function maskOfPaths(paths: readonly FieldPath[]): FieldMask {
  const root: MaskTree = new Map();
  for (const path of paths) {
    let tree = root;
    path.forEach((name, index) => {
      const existing = tree.get(name);
      if (index === path.length - 1) tree.set(name, new Map());
      else if (existing === undefined) tree.set(name, new Map());
      tree = tree.get(name)!;
    });
  }
  return withoutShadowed(root, paths);
}

function withoutShadowed(root: MaskTree, paths: readonly FieldPath[]): MaskTree {
  // A path listed by itself takes its field whole, even when a longer one came after it.
  for (const path of paths) {
    let tree: MaskTree | undefined = root;
    for (const name of path) tree = tree?.get(name);
    tree?.clear();
  }
  return root;
}

/** A mask of paths as text. @throws RpcError INVALID_ARGUMENT */
export function parseFieldMask(paths: readonly string[]): FieldMask {
  return maskOfPaths(paths.map((path) => parseFieldPath(path)));
}

/** The fields of a map; a vector has none that a path could name. */
function nested(value: Uint8Array | undefined): FieldMap | undefined {
  const content = value === undefined ? undefined : contentOf(value, valueKind.map);
  if (content === undefined) return undefined;
  const fields = readFieldMap(content, contentField);
  return fields.has(typeName) ? undefined : fields;
}

/** The fields that the mask takes, in the order they have in `fields`; a map of which it takes nothing is left out. */
export function pickFields(fields: FieldMap, mask: FieldMask): FieldMap {
  const picked: FieldMap = new Map();
  for (const [name, value] of fields) {
    const branches = mask.get(name);
    if (branches === undefined) continue;
    if (branches.size === 0) {
      picked.set(name, value);
    } else {
      const inner = nested(value);
      const taken = inner === undefined ? undefined : pickFields(inner, branches);
      if (taken !== undefined && taken.size > 0) picked.set(name, encodeMap(taken));
    }
  }
  return picked;
}

/** `target` with the masked fields taken from `source`: replaced, added, or removed where `source` lacks them. */
export function mergeFields(target: FieldMap, source: FieldMap, mask: FieldMask): FieldMap {
  const merged: FieldMap = new Map(target);
  for (const [name, branches] of mask) {
    const value = source.get(name);
    if (branches.size === 0) {
      if (value === undefined) merged.delete(name);
      else merged.set(name, value);
      continue;
    }
    const innerSource = nested(value);
    const innerTarget = nested(merged.get(name));
    if (innerSource === undefined && innerTarget === undefined) continue;
    merged.set(name, encodeMap(mergeFields(innerTarget ?? new Map(), innerSource ?? new Map(), branches)));
  }
  return merged;
}

/** The encoded value at a path, or undefined. */
export function fieldAt(fields: FieldMap, path: FieldPath): Uint8Array | undefined {
  let current: FieldMap | undefined = fields;
  let value: Uint8Array | undefined;
  for (const name of path) {
    value = current?.get(name);
    if (value === undefined) return undefined;
    current = nested(value);
  }
  return value;
}

/** `fields` with the encoded value set at a path; creates missing maps on the way. */
export function withFieldAt(fields: FieldMap, path: FieldPath, value: Uint8Array): FieldMap {
  return mergeFields(fields, wrap(path, value), maskOfPaths([path]));
}

function wrap(path: FieldPath, value: Uint8Array): FieldMap {
  const rest = path.slice(1);
  return new Map([[path[0]!, rest.length === 0 ? value : encodeMap(wrap(rest, value))]]);
}
