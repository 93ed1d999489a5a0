import * as fc from 'fast-check';
import { assert } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BothFirestores, type Message, openBothFirestores } from './both-firestores.ts';
import { arbitraryFields, arbitraryValue, bounded, integer } from './values.ts';

let both: BothFirestores;
beforeAll(async () => {
  both = await openBothFirestores();
});
afterAll(() => both[Symbol.asyncDispose]());

const names = ['1', '2', '3'];
const nameOf = (id: string): string => `${both.root}/writes/${id}`;
const paths = fc.constantFrom('n', 'm', 'z', 'm.a', 'm.b', 'm.a.b', '`é`');
const elements = fc.array(
  arbitraryValue.filter((value) => !('arrayValue' in value) && !isVector(value)),
  { maxLength: 3 },
);

function isVector(value: Message): boolean {
  return JSON.stringify(value).startsWith('{"mapValue":{"fields":{"__type__"');
}

const transform = fc.tuple(
  paths,
  fc.oneof(
    fc.record({ increment: arbitraryValue }),
    fc.record({ maximum: arbitraryValue }),
    fc.record({ minimum: arbitraryValue }),
    elements.map((values) => ({ appendMissingElements: { values } })),
    elements.map((values) => ({ removeAllFromArray: { values } })),
  ),
);
const transforms = fc
  .array(transform, { minLength: 1, maxLength: 2 })
  .map((all) => all.map(([fieldPath, one]): Message => ({ fieldPath, ...one })));
const currentDocument = fc.record({ exists: fc.boolean() });

const write = fc.oneof(
  fc.record(
    {
      id: fc.constantFrom(...names),
      fields: arbitraryFields,
      updateMask: fc.uniqueArray(paths, { maxLength: 3 }).map((fieldPaths) => ({ fieldPaths })),
      updateTransforms: transforms,
      currentDocument,
    },
    { requiredKeys: ['id', 'fields'] },
  ),
  fc.record(
    { id: fc.constantFrom(...names), delete: fc.constant(true), currentDocument },
    { requiredKeys: ['id', 'delete'] },
  ),
);

function toMessage({ id, ...rest }: { id: string } & Message): Message {
  if (rest['delete'] === true) return { ...rest, delete: nameOf(id) };
  const { fields, ...others } = rest;
  return { ...others, update: { name: nameOf(id), fields } };
}

test.each(['Commit', 'BatchWrite'])('%s writes, refuses and answers the same', async (method) => {
  await assert(
    fc.asyncProperty(
      fc.uniqueArray(write, { minLength: 1, maxLength: 3, selector: ({ id }) => id }),
      async (writes) => {
        const { database } = both;
        const messages = writes.map((one) => toMessage(one));
        await both.same(method, { database, writes: messages });
        await both.same('BatchGetDocuments', { database, documents: names.map(nameOf) });
      },
    ),
    bounded(250),
  );
});

test('a transaction that has ended can be rolled back, and not used', async () => {
  const { database } = both;
  await both.put('writes/1', { n: integer(1) });
  const unknown = Buffer.from('no such transaction');
  for (const transaction of [unknown, Buffer.alloc(0)]) {
    await both.same('Rollback', { database, transaction });
  }
  expect(await both.same('BeginTransaction', { database })).toHaveProperty('answers');
  await both.same('Commit', { database, transaction: unknown });
});
