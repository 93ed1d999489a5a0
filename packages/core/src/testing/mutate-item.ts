import * as fc from 'fast-check';
import type { StoredAttribute, StoredItem } from '../ports/target.ts';

/** Changes one place of an item into something else; says which. Leaves the original alone. */
export type Mutate = (item: StoredItem) => { readonly item: StoredItem; readonly change: string };

/** One place anywhere in an item, and one of the changes that are possible there. */
export const anyMutation: fc.Arbitrary<Mutate> = fc.tuple(fc.nat(), fc.nat()).map(([place, kind]): Mutate => {
  return (item) => {
    const changes = [...changesOf({ M: item }, 'item')];
    const atPlaces = new Map<string, Change[]>();
    for (const change of changes) atPlaces.set(change.at, [...(atPlaces.get(change.at) ?? []), change]);
    const choices = [...atPlaces.values()][place % atPlaces.size] ?? [];
    const chosen = choices[kind % choices.length];
    if (chosen === undefined) throw new Error('an item always has something to change');
    const changed = chosen.apply();
    if (!('M' in changed)) throw new Error('an item stays a map');
    return { item: changed.M, change: `${chosen.at}: ${chosen.what}` };
  };
});

interface Change {
  readonly at: string;
  readonly what: string;
  readonly apply: () => StoredAttribute;
}

/** Each change of one thing at or below an attribute, giving the whole attribute. */
function* changesOf(attribute: StoredAttribute, at: string): Generator<Change> {
  if ('M' in attribute) yield* changesOfMap(attribute.M, at);
  else if ('L' in attribute) yield* changesOfList(attribute.L, at);
  if (at === 'item') return;
  for (const [what, other] of others(attribute)) yield { at, what, apply: () => other };
}

function* changesOfMap(fields: StoredItem, at: string): Generator<Change> {
  let extra = 'extra';
  while (Object.hasOwn(fields, extra)) extra += '_';
  yield { at, what: 'a field more', apply: () => ({ M: { ...fields, [extra]: { NULL: true } } }) };
  for (const [name, value] of Object.entries(fields)) {
    const place = `${at}.${name}`;
    const rest = Object.entries(fields).filter(([other]) => other !== name);
    yield { at: place, what: 'removed', apply: () => ({ M: Object.fromEntries(rest) }) };
    yield {
      at: place,
      what: 'renamed',
      apply: () => ({ M: Object.fromEntries([...rest, [extra, value]]) }),
    };
    for (const change of changesOf(value, place)) {
      yield { ...change, apply: () => ({ M: Object.fromEntries([...rest, [name, change.apply()]]) }) };
    }
  }
}

function* changesOfList(elements: readonly StoredAttribute[], at: string): Generator<Change> {
  yield { at, what: 'an element more', apply: () => ({ L: [...elements, { S: '' }] }) };
  for (const [index, value] of elements.entries()) {
    const place = `${at}[${index}]`;
    yield { at: place, what: 'removed', apply: () => ({ L: elements.toSpliced(index, 1) }) };
    const next = elements[index + 1];
    if (next !== undefined && JSON.stringify(next) !== JSON.stringify(value)) {
      yield { at: place, what: 'swapped', apply: () => ({ L: elements.toSpliced(index, 2, next, value) }) };
    }
    for (const change of changesOf(value, place)) {
      yield { ...change, apply: () => ({ L: elements.with(index, change.apply()) }) };
    }
  }
}

/** Attributes that are not this one, however alike. */
function* others(attribute: StoredAttribute): Generator<[string, StoredAttribute]> {
  if ('S' in attribute) {
    yield ['longer text', { S: `${attribute.S} ` }];
    yield ['text as binary', { B: Buffer.from(attribute.S).toString('base64') }];
    yield ['text as a set', { SS: [attribute.S] }];
    if (attribute.S !== '') yield ['shorter text', { S: attribute.S.slice(1) }];
    if (/^-?\d+(?:\.\d+)?$/.test(attribute.S)) yield ['text as number', { N: attribute.S }];
  } else if ('N' in attribute) {
    yield ['number as text', { S: attribute.N }];
    yield ['a last digit more', { N: attribute.N.replace(/^(-?\d+(?:\.\d+)?)/, withLastDigit) }];
    if (attribute.N !== '0')
      yield ['sign', { N: attribute.N.startsWith('-') ? attribute.N.slice(1) : `-${attribute.N}` }];
  } else if ('B' in attribute) {
    yield ['binary as text', { S: attribute.B }];
    yield [
      'a byte more',
      { B: Buffer.concat([Buffer.from(attribute.B, 'base64'), Buffer.of(0)]).toString('base64') },
    ];
  } else if ('BOOL' in attribute) {
    yield ['the other one', { BOOL: !attribute.BOOL }];
  } else if ('L' in attribute) {
    yield ['list as map', { M: Object.fromEntries(attribute.L.entries()) }];
  } else if ('M' in attribute) {
    yield ['map as list', { L: Object.values(attribute.M) }];
  }
  yield 'NULL' in attribute ? ['null as text', { S: '' }] : ['null', { NULL: true }];
}

function withLastDigit(digits: string): string {
  return digits.includes('.') ? `${digits}1` : `${digits}.1`;
}
