import { createRequire } from 'node:module';

interface Context {
  readonly attrNames?: Readonly<Record<string, string>>;
  readonly attrVals?: Readonly<Record<string, object>>;
  readonly unusedAttrNames?: Record<string, true>;
  readonly unusedAttrVals?: Record<string, true>;
}

interface Parser {
  parse(text: string, options: { readonly context: Context }): unknown;
}

interface Parsed {
  readonly tree: unknown;
  /** The values in the tree, with their names. */
  readonly names: ReadonlyMap<unknown, string>;
}

const mostKept = 100;
/** The parser checks a value of these. */
const needsValues = /\bbetween\b|\battribute_type\b/i;

/**
 * Lets dynalite parse a condition once. It parses the text of each request again, which is nearly half of its CPU under
 * conditional puts. A tree depends on the text, the names and the types of the values; only the values themselves differ.
 */
export function keepParsedConditions(): void {
  const parser = createRequire(import.meta.url)('dynalite/db/conditionParser.js') as Parser;
  const parse = parser.parse.bind(parser);
  const kept = new Map<string, Parsed>();
  parser.parse = (text, options) => {
    const { attrNames, attrVals = {}, unusedAttrNames, unusedAttrVals } = options.context;
    if (needsValues.test(text)) return parse(text, options);
    const types = Object.entries(attrVals).map(([name, value]) => [name, Object.keys(value)]);
    const key = JSON.stringify([text, attrNames, types, unusedAttrNames, unusedAttrVals]);
    const known = kept.get(key);
    if (known === undefined) {
      const tree = parse(text, options);
      // A condition with unused names or values is rejected, so it need not be kept.
      if (Object.keys({ ...unusedAttrNames, ...unusedAttrVals }).length > 0) return tree;
      if (kept.size === mostKept) kept.clear();
      kept.set(key, { tree, names: new Map(Object.entries(attrVals).map(([name, value]) => [value, name])) });
      return tree;
    }
    for (const unused of [unusedAttrNames, unusedAttrVals])
      for (const name of Object.keys(unused ?? {})) delete unused![name];
    return copy(known.tree, (node) => attrVals[known.names.get(node) ?? '']);
  };
}

/** A copy, because dynalite changes trees, in which each node is replaced by the result of `replace`. */
function copy(node: unknown, replace: (node: unknown) => unknown): unknown {
  if (typeof node !== 'object' || node === null) return node;
  const replaced = replace(node);
  if (replaced !== undefined) return replaced;
  if (Array.isArray(node)) return node.map((one) => copy(one, replace));
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, copy(value, replace)]));
}
