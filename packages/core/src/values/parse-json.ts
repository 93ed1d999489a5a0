/** A string, also one without its end, and the colon behind it if it is a key. */
const stringOrKey = /("[^"\\]*(?:\\[^][^"\\]*)*"?)(\s*:)?/g;

/**
 * `JSON.parse`, also where V8's reads keys wrong: in Node 24.21 and 26.10, for example, a key with an escape may become
 * another one, with a backslash, that an earlier text had in the same place (nodejs/node#63785). So such keys are replaced by
 * plain ones before they are parsed. Throws a SyntaxError as `JSON.parse` does.
 */
export function parseJson(text: string): unknown {
  if (!text.includes('\\')) return JSON.parse(text);
  let mark = '\uE000';
  while (text.includes(mark)) mark += '\uE000';
  const names = new Map<string, string>();
  const plain = text.replace(stringOrKey, (all, string: string, colon: string | undefined) => {
    if (colon === undefined || !string.includes('\\')) return all;
    const key = `${mark}${names.size}`;
    // A text outside of an object meets no key of an earlier one.
    names.set(key, JSON.parse(string) as string);
    return `"${key}"${colon}`;
  });
  const value: unknown = JSON.parse(plain);
  return names.size === 0 ? value : rename(value, names);
}

function rename(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => rename(each, names));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [names.get(key) ?? key, rename(each, names)]),
  );
}
