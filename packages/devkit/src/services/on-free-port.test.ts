import { expect, test } from 'vitest';

import { freePort } from './free-port.ts';
import { onFreePort } from './on-free-port.ts';

const inUse = new Error(
  'Could not create server TCP listening socket 127.0.0.1:1: bind: Address already in use',
);

test('a service whose port was taken for a moment starts on another one', async () => {
  const ports: number[] = [];
  const service = await onFreePort('Redis', undefined, (port) => {
    ports.push(port);
    return ports.length < 3 ? Promise.reject(inUse) : Promise.resolve('started');
  });
  expect(service).toBe('started');
  expect(new Set(ports).size).toBe(3);
});

test('a port that stays taken is given up, a chosen one at once', async () => {
  const ports: number[] = [];
  const start = (port: number): Promise<never> => {
    ports.push(port);
    return Promise.reject(inUse);
  };
  await expect(onFreePort('Redis', undefined, start)).rejects.toThrow(inUse);
  expect(ports).toHaveLength(5);
  await expect(onFreePort('Redis', await freePort(), start)).rejects.toMatchObject({
    name: 'PortTakenError',
  });
});

test('another error is thrown as it is', async () => {
  const other = new Error('no such option');
  await expect(onFreePort('Redis', undefined, () => Promise.reject(other))).rejects.toBe(other);
});
