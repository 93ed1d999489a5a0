import { expect, test } from 'vitest';

import { readOptions } from './options.ts';

test.each(['', '.', '..', 'a/b', 'a\ud800', '__x__'])(
  'user %j is refused before anything is asked',
  (userId) => {
    expect(() => readOptions({ userIds: [userId], env: {} })).toThrow(/userIds.*is no document id/);
  },
);

test('a user that came from Datastore is none of them', () => {
  expect(readOptions({ userIds: ['__id7__'], env: {} }).request.userIds).toEqual(['__id7__']);
});
