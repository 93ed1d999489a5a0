type Method = (...args: readonly unknown[]) => unknown;

/** A proxy of the object whose methods are those that `wrap` makes of its own (bound to it), once each. */
export function wrapMethods<T extends object>(object: T, wrap: (name: string, method: Method) => Method): T {
  const made = new Map<PropertyKey, unknown>();
  return new Proxy(object, {
    get(_target, name) {
      if (made.has(name)) return made.get(name);
      const value: unknown = Reflect.get(object, name, object);
      if (typeof value !== 'function') return value;
      const method = wrap(String(name), value.bind(object) as Method);
      made.set(name, method);
      return method;
    },
  });
}
