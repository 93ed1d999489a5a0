const plainName = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** `trades` and `price` give `trades.price`; a name that would make the path ambiguous is quoted: `heatmap["a.b"]`. */
export function fieldPath(parent: string, name: string): string {
  if (!plainName.test(name)) return `${parent}[${JSON.stringify(name)}]`;
  return parent === '' ? name : `${parent}.${name}`;
}

export function elementPath(parent: string, index: number): string {
  return `${parent}[${index}]`;
}
