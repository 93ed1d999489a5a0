import type { SourceFields, SourceValue } from './decode-document.ts';
import { timestampText } from './timestamp-text.ts';

/** The attribute that has to be stored, in the form of DynamoDB JSON. Maps are `Map`s, because any name is valid. */
export type ExpectedAttribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | ({ readonly L: readonly ExpectedAttribute[] } & Whole)
  | ({ readonly M: ReadonlyMap<string, ExpectedAttribute> } & Whole)
  /** No attribute can represent the value: a description of it. */
  | { readonly words: string };

interface Whole {
  /** The text to show if the size differs. Absent: each missing or extra member is shown. */
  readonly whole?: string;
}

/**
 * The contract's table of values: the attribute for each kind of Firestore value. The mapping implements it a second
 * time, independently, so that a mistake in either shows. `database`: `projects/…/databases/…/documents/`, or '' if
 * the document has no name.
 */
export function expectedAttribute(value: SourceValue, database: string): ExpectedAttribute {
  switch (value.kind) {
    case 'null':
      return { NULL: true };
    case 'boolean':
      return { BOOL: value.value };
    case 'integer':
      return { N: String(value.value) };
    case 'double':
      return expectedDouble(value.value);
    case 'timestamp': {
      const text = timestampText(Number(value.seconds), value.nanos);
      return text === undefined ? { words: 'a timestamp of the years 1 to 9999' } : { S: text };
    }
    case 'string':
      return { S: value.value };
    case 'bytes':
      return { B: Buffer.from(value.value).toString('base64') };
    case 'reference': {
      const { name } = value;
      const isBelow = name.startsWith(database) && name.length > database.length;
      return { S: isBelow ? name.slice(database.length) : name };
    }
    case 'geoPoint':
      return {
        M: new Map([
          ['latitude', expectedDouble(value.latitude)],
          ['longitude', expectedDouble(value.longitude)],
        ]),
        whole: '{"M":{"latitude":…,"longitude":…}}',
      };
    case 'array':
      return { L: value.values.map((element) => expectedAttribute(element, database)) };
    case 'map':
      return expectedMap(value.fields, database);
    case 'unsupported':
      return { words: value.what };
  }
}

/** A double is a number if DynamoDB has one for it, else text. */
function expectedDouble(value: number): ExpectedAttribute {
  const text = String(value);
  const magnitude = Math.abs(value);
  return value === 0 || (magnitude >= 1e-130 && magnitude < 1e126) ? { N: text } : { S: text };
}

function expectedMap(fields: SourceFields, database: string): ExpectedAttribute {
  const components = vectorComponents(fields);
  if (components !== undefined) return expectedAttribute(components, database);
  const attributes = new Map<string, ExpectedAttribute>();
  for (const [name, value] of fields) attributes.set(name, expectedAttribute(value, database));
  return { M: attributes };
}

/** Firestore sends a vector as the map `{ __type__: "__vector__", value: [numbers] }` and nothing else. */
function vectorComponents(fields: SourceFields): SourceValue | undefined {
  const type = fields.get('__type__');
  const value = fields.get('value');
  if (fields.size !== 2 || type?.kind !== 'string' || type.value !== '__vector__') return undefined;
  if (value?.kind !== 'array') return undefined;
  const isVector = value.values.every(({ kind }) => kind === 'double' || kind === 'integer');
  return isVector ? value : undefined;
}
