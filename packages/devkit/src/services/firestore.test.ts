import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import type { FirestoreOptions, FirestoreService } from './firestore.ts';
import { startFirestore } from './firestore.ts';
import { isRunning } from '../processes/is-running.ts';
import { ProgramError } from '../processes/program.ts';
import { PortTakenError } from './service.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

async function start(options?: FirestoreOptions): Promise<FirestoreService> {
  const service = await startFirestore(options);
  onTestFinished(() => service.stop());
  return service;
}

it('keeps what firebase-admin writes', async () => {
  const { emulatorHost } = await start();
  vi.stubEnv('FIRESTORE_EMULATOR_HOST', emulatorHost);
  const app = initializeApp({ projectId: 'demo-firestore-test' }, 'firestore-test');
  onTestFinished(() => deleteApp(app));
  const entry = getFirestore(app).doc('users/u/trading-journal/2026-01-02');
  await entry.set({ summary: { pnl: 1.5 } });
  expect((await entry.get()).data()).toEqual({ summary: { pnl: 1.5 } });
});

it('leaves no process behind when it is stopped', async () => {
  const service = await start();
  expect(isRunning(service.pid)).toBe(true);
  await Promise.all([service.stop(), service.stop()]);
  expect(isRunning(service.pid)).toBe(false);
});

it('tells its owner when it ends by itself', async () => {
  const ended = Promise.withResolvers<ProgramError>();
  const service = await start({ onUnexpectedEnd: ended.resolve });
  process.kill(service.pid, 'SIGKILL');
  expect(await ended.promise).toBeInstanceOf(ProgramError);
});

it('names a chosen port that is taken', async () => {
  const { port } = await start();
  const error = await startFirestore({ port }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PortTakenError);
  expect(error).toMatchObject({ port });
});
