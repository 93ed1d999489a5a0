import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished, vi } from 'vitest';
import { isPortFree } from '../free-port.ts';
import { isRunning } from '../../processes/is-running.ts';
import { startProgram } from '../../processes/program.ts';
import { PortTakenError } from '../service.ts';
import { startDynamoDbLocal } from './dynamodb-local.ts';
import { startGoogleFirestore } from './google-firestore.ts';

it('names a chosen port that is taken', async () => {
  const { FIRESTORE_EMULATOR_HOST, AWS_ENDPOINT_URL_DYNAMODB } = inject('services');
  const ports = [`http://${FIRESTORE_EMULATOR_HOST}`, AWS_ENDPOINT_URL_DYNAMODB].map((url) =>
    Number(new URL(url).port),
  );
  await expect(startGoogleFirestore({ port: ports[0]! })).rejects.toThrow(PortTakenError);
  await expect(startDynamoDbLocal({ port: ports[1]! })).rejects.toThrow(PortTakenError);
});

it('ends with its owner, also when that is killed', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'vendors-test-'));
  onTestFinished(() => rm(temporary, { recursive: true }));
  const start = JSON.stringify(new URL('./dynamodb-local.ts', import.meta.url));
  const program = `
    import { startDynamoDbLocal } from ${start};
    const { pid, port } = await startDynamoDbLocal();
    console.log(pid, port);
  `;
  const { XDG_CACHE_HOME, JAVA_HOME } = process.env;
  const env = { TMPDIR: temporary, XDG_CACHE_HOME, JAVA_HOME };
  const owner = startProgram({ main: { code: program }, env });
  onTestFinished(() => owner.kill());
  const [, ...numbers] = await owner.line(/^(\d+) (\d+)$/);
  const [pid = 0, port = 0] = numbers.map(Number);
  expect(isRunning(pid)).toBe(true);
  expect(await readdir(temporary)).toHaveLength(1);

  await owner.kill();
  await vi.waitFor(
    async () => {
      expect(isRunning(pid)).toBe(false);
      expect(await isPortFree(port)).toBe(true);
      expect(await readdir(temporary)).toEqual([]);
    },
    { timeout: 20_000 },
  );
});
