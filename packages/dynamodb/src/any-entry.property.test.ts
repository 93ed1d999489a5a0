import { randomUUID } from 'node:crypto';
import { diffEntry, mapEntry, parseItem } from '@migrator/core';
import { encodeDocument, firestoreEntry, runs } from '@migrator/core/testing';
import { heldLease } from '@migrator/devkit';
import { assert, asyncProperty, pre } from 'fast-check';
import { afterAll, expect, inject, test, vi } from 'vitest';
import { createDynamoDbTarget } from './index.ts';

const { AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_REGION: region, ...rest } = inject('services');
vi.stubEnv('AWS_ACCESS_KEY_ID', rest.AWS_ACCESS_KEY_ID);
vi.stubEnv('AWS_SECRET_ACCESS_KEY', rest.AWS_SECRET_ACCESS_KEY);
afterAll(() => {
  vi.unstubAllEnvs();
});

test('whatever Firestore can hold comes back from DynamoDB as it was mapped, and equals its entry', async () => {
  const target = createDynamoDbTarget({
    tableName: `any-${randomUUID()}`,
    endpoint,
    region,
    createTable: true,
  });
  await target.preflight();
  const property = asyncProperty(firestoreEntry, async ({ document, ...ref }) => {
    const entry = { ...ref, document: encodeDocument(document) };
    const mapped = mapEntry(entry, { migratedAt: '2026-11-22T00:00:00.000Z', oversize: 'fail' });
    pre(mapped.ok);
    // No name in Firestore, and dynalite loses it.
    pre(!Buffer.from(mapped.item.json).includes('"__proto__"'));
    const { item } = mapped;
    expect(await target.putOwned(item, heldLease)).toMatchObject({ outcome: 'written' });
    const stored = (await target.getItems([item.dateKey])).items.get(item.dateKey);
    if (stored === undefined) throw new Error('The item is not there.');
    expect(diffEntry(entry, parseItem(stored))).toEqual({ differences: [], sameVersion: true });
    // Each case finds an empty table, so that no case depends on the keys of another.
    expect(await target.deleteOwned(item, heldLease)).toMatchObject({ outcome: 'deleted' });
  });
  await assert(property, runs(0.1));
  await target.close();
});
