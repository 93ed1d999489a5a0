interface Kept {
  /** DynamoDB JSON: the whole item, and the attributes that a scan of a rollback or verification requests. */
  readonly whole: string;
  readonly provenance: string;
}

type Attribute = { readonly [kind: string]: unknown };
type Fields = { readonly [name: string]: Attribute };

const segmentsAtMost = 64;

/** The items of a fake table. Conditions always hold. */
export class InMemoryTable {
  readonly #items = new Map<string, Kept>();
  /** By the number of segments. */
  readonly #sorted = new Map<number, string[][]>();

  put(item: Fields): void {
    const key = textOf(item['dateKey']);
    const answered = inAnotherOrder(item);
    this.#items.set(key, {
      whole: JSON.stringify(answered),
      provenance: JSON.stringify(provenanceOf(answered)),
    });
    this.#sorted.clear();
  }

  /** False, and without effect, where an item has this key. */
  create(item: Fields): boolean {
    if (this.#items.has(textOf(item['dateKey']))) return false;
    this.put(item);
    return true;
  }

  delete(key: string): void {
    this.#items.delete(key);
  }

  /** Those of the items that are there, as JSON. */
  get(keys: readonly string[]): string[] {
    return keys.flatMap((key) => this.#items.get(key)?.whole ?? []);
  }

  scan(request: { segment: number; of: number; after: string | undefined; limit: number; whole: boolean }): {
    items: string[];
    last?: string;
  } {
    const { segment, of, after, limit, whole } = request;
    if (of > segmentsAtMost) throw new RangeError(`A fake table has at most ${segmentsAtMost} segments.`);
    const keys = this.#segments(of)[segment] ?? [];
    const items: string[] = [];
    for (let at = after === undefined ? 0 : firstAfter(keys, after); at < keys.length; at += 1) {
      const key = keys[at]!;
      const kept = this.#items.get(key);
      if (kept === undefined) continue;
      items.push(whole ? kept.whole : kept.provenance);
      if (items.length === limit) return { items, last: key };
    }
    return { items };
  }

  #segments(of: number): string[][] {
    const sorted = this.#sorted.get(of);
    if (sorted !== undefined) return sorted;
    const segments = Array.from({ length: of }, (): string[] => []);
    for (const key of this.#items.keys()) segments[hash(key) % of]!.push(key);
    for (const keys of segments) keys.sort();
    this.#sorted.set(of, segments);
    return segments;
  }
}

export function textOf(attribute: Attribute | undefined): string {
  return String(attribute?.['S']);
}

function provenanceOf({ dateKey, updatedAt, data }: Fields): object {
  const { userId, date, metadata } = (data?.['M'] ?? {}) as Fields;
  return { data: { M: { date, metadata, userId } }, updatedAt, dateKey };
}

/** An item with its attributes in another order, as DynamoDB may return it. */
function inAnotherOrder(fields: Fields): Fields {
  const names = Object.keys(fields).toSorted((a, b) => hash(a) - hash(b));
  return Object.fromEntries(names.map((name) => [name, inside(fields[name]!)]));
}

function inside(attribute: Attribute): Attribute {
  if ('M' in attribute) return { M: inAnotherOrder(attribute['M'] as Fields) };
  return 'L' in attribute ? { L: (attribute['L'] as readonly Attribute[]).map(inside) } : attribute;
}

function hash(text: string): number {
  let value = 0;
  for (let index = 0; index < text.length; index += 1)
    value = (Math.imul(value, 0x01000193) ^ text.charCodeAt(index)) >>> 0;
  return value;
}

function firstAfter(keys: readonly string[], key: string): number {
  let from = 0;
  let to = keys.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (keys[middle]! <= key) from = middle + 1;
    else to = middle;
  }
  return from;
}
