import { expect, test } from 'vitest';
import { encodeInteger, encodeMap, encodeNull, encodeString } from './encode-value.ts';
import { documentSize } from './value-size.ts';

test("the size is the one that Firestore's documentation works out", () => {
  const fields = new Map([
    ['type', encodeString('Personal')],
    ['done', encodeNull()],
    ['priority', encodeInteger(1n)],
    ['description', encodeString('Learn Cloud Firestore')],
  ]);
  // users/jeff/tasks/my_task_id: 44 for the name, 32 for the document, 14 + 6 + 17 + 34 for the fields.
  expect(documentSize(['users', 'jeff', 'tasks', 'my_task_id'], fields)).toBe(147);
  expect(documentSize(['users', 'jeff', 'tasks', 'my_task_id'], new Map([['map', encodeMap(fields)]]))).toBe(
    151,
  );
});
