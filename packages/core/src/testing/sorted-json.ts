/**
 * JSON with the names of every object in order: equal texts for equal values. What `expect().toStrictEqual` can't tell
 * here, as it takes fields called `constructor` or `__proto__` for the objects' own.
 */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) => (isObject(inner) ? sorted(inner) : inner), 2);
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
