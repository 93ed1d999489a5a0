import type { StoredAttribute } from '../ports/target.ts';
import { elementPath, fieldPath } from '../values/field-path.ts';
import {
  binaryOf,
  booleanOf,
  isNull,
  listOf,
  mapOf,
  numberOf,
  storedField,
  textOf,
} from '../values/stored-attribute.ts';
import type { ExpectedAttribute } from './expected-attribute.ts';
import { withoutTrailingZeros } from '../values/trailing-zeros.ts';

/** One field in which an entry and its stored item differ. */
export interface FieldDifference {
  /** Its path in the item, such as `data.trades[3].price` or `data.metadata.originalTimestamp`. */
  readonly at: string;
  /** The attribute that the entry requires, as DynamoDB JSON text cut to a readable length; absent: none. */
  readonly expected?: string;
  /** The stored attribute, likewise; absent: none. */
  readonly actual?: string;
}

const longestText = 200;

/** The differences found so far, at most `limit` of them. */
export class Differences {
  readonly list: FieldDifference[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  note(at: string, expected: ExpectedAttribute | undefined, actual: StoredAttribute | undefined): void {
    if (this.list.length >= this.#limit) return;
    this.list.push({
      at,
      expected: expected === undefined ? undefined : cut(shown(expected)),
      actual: actual === undefined ? undefined : cut(JSON.stringify(actual)),
    });
  }
}

function shown(expected: ExpectedAttribute): string {
  if ('words' in expected) return expected.words;
  if ('M' in expected) return expected.whole ?? '{"M":{…}}';
  if ('L' in expected) return expected.whole ?? '{"L":[…]}';
  return JSON.stringify(expected);
}

function cut(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}…`;
}

type Stored = StoredAttribute | undefined;

/** Records the differences between `stored`, the attribute at the path `at`, and the expected one. */
export function diffAttribute(
  found: Differences,
  at: string,
  expected: ExpectedAttribute,
  stored: Stored,
): void {
  if ('M' in expected) return diffMap(found, at, expected, stored);
  if ('L' in expected) return diffList(found, at, expected, stored);
  if (!isSameScalar(expected, stored)) found.note(at, expected, stored);
}

type Container<Kind extends 'M' | 'L'> = Extract<ExpectedAttribute, { readonly [K in Kind]: unknown }>;
type Scalar = Exclude<ExpectedAttribute, Container<'M' | 'L'>>;

function isSameScalar(expected: Scalar, stored: Stored): boolean {
  if ('S' in expected) return textOf(stored) === expected.S;
  if ('B' in expected) return binaryOf(stored) === expected.B;
  if ('BOOL' in expected) return booleanOf(stored) === expected.BOOL;
  if ('NULL' in expected) return isNull(stored);
  const number = numberOf(stored);
  return 'N' in expected && number !== undefined && sameNumber(expected.N, number);
}

function diffMap(found: Differences, at: string, expected: Container<'M'>, stored: Stored): void {
  const fields = mapOf(stored);
  const names = Object.keys(fields ?? {});
  if (fields === undefined || (expected.whole !== undefined && names.length !== expected.M.size)) {
    return found.note(at, expected, stored);
  }
  for (const [name, member] of expected.M) {
    diffAttribute(found, fieldPath(at, name), member, storedField(fields, name));
  }
  for (const name of names) {
    if (!expected.M.has(name)) found.note(fieldPath(at, name), undefined, fields[name]);
  }
}

function diffList(found: Differences, at: string, expected: Container<'L'>, stored: Stored): void {
  const elements = listOf(stored);
  if (elements === undefined || (expected.whole !== undefined && elements.length !== expected.L.length)) {
    return found.note(at, expected, stored);
  }
  for (let i = 0; i < Math.max(expected.L.length, elements.length); i++) {
    const element = expected.L[i];
    if (element === undefined) found.note(elementPath(at, i), undefined, elements[i]);
    else diffAttribute(found, elementPath(at, i), element, elements[i]);
  }
}

/** Whether a stored N equals the number `expected`, in any notation: 1e21, 1E+21, 1.50. */
function sameNumber(expected: string, stored: string): boolean {
  if (expected === stored) return true;
  const decimal = normalDecimal(stored);
  return decimal !== undefined && decimal === normalDecimal(expected);
}

const decimalText = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/;

/** Sign, significant digits and exponent of ten in canonical form; undefined if the text is no decimal. */
function normalDecimal(text: string): string | undefined {
  const match = decimalText.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = withoutTrailingZeros(digits);
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign === '-' ? '-' : ''}${significant}e${power}`;
}
