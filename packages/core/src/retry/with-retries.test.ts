import { type ErrorCode, errorTable } from '../error-codes.ts';
import { MigrationError } from '../migration-error.ts';
import { expect, test } from 'vitest';
import { abortable } from './abortable.ts';
import { type RetryEvent, withRetries } from './with-retries.ts';

/** A call that fails with these codes, one after the other, and then succeeds. */
function failing(...codes: ErrorCode[]) {
  let calls = 0;
  return async (): Promise<number> => {
    const code = codes[calls];
    calls += 1;
    if (code !== undefined) throw new MigrationError(code, `call ${calls} failed`);
    return calls;
  };
}

test('a call that succeeds runs once', async () => {
  expect(await withRetries(failing(), { operation: 'try' })).toBe(1);
});

test('what the table retries is tried again, and told', async () => {
  const events: RetryEvent[] = [];
  const call = failing('THROTTLED', 'TARGET_UNAVAILABLE');
  expect(await withRetries(call, { operation: 'try', onRetry: (event) => events.push(event) })).toBe(3);
  expect(events).toMatchObject([
    { operation: 'try', code: 'THROTTLED', attempt: 1, message: 'call 1 failed' },
    { operation: 'try', code: 'TARGET_UNAVAILABLE', attempt: 2, message: 'call 2 failed' },
  ]);
  for (const { code, attempt, delayMs } of events) {
    expect(delayMs).toBeGreaterThanOrEqual(0);
    expect(delayMs).toBeLessThanOrEqual(errorTable[code].baseMs * 2 ** attempt);
  }
});

test('what the table never retries fails at once', async () => {
  const call = withRetries(failing('ACCESS_DENIED'), { operation: 'try' });
  await expect(call).rejects.toMatchObject({ code: 'ACCESS_DENIED', attempts: 1 });
});

test('attempts are used up by code', async () => {
  const { attempts } = errorTable.CREDENTIALS_EXPIRED;
  const codes = Array.from({ length: 9 }, (): ErrorCode => 'CREDENTIALS_EXPIRED');
  const call = withRetries(failing('THROTTLED', ...codes), { operation: 'try' });
  await expect(call).rejects.toMatchObject({ code: 'CREDENTIALS_EXPIRED', attempts: attempts + 1 });
});

test('a call that gets on has its attempts afresh', async () => {
  let calls = 0;
  const work = async (progressed: () => void): Promise<number> => {
    calls += 1;
    progressed();
    if (calls <= errorTable.CREDENTIALS_EXPIRED.attempts + 1) {
      throw new MigrationError('CREDENTIALS_EXPIRED', 'again');
    }
    return calls;
  };
  expect(await withRetries(work, { operation: 'try' })).toBe(errorTable.CREDENTIALS_EXPIRED.attempts + 2);
});

test("an error that is not the table's is a bug and is thrown as it is", async () => {
  const bug = new TypeError('undefined is not a function');
  const call = withRetries(async () => await Promise.reject(bug), { operation: 'try' });
  await expect(call).rejects.toBe(bug);
});

test('waiting ends when the signal aborts, even where nothing limits the attempts', async () => {
  const abort = new AbortController();
  const call = withRetries(
    async () => await Promise.reject(new MigrationError('SOURCE_THROTTLED', 'slow down')),
    { operation: 'read', signal: abort.signal, onRetry: ({ attempt }) => attempt === 3 && abort.abort() },
  );
  await expect(call).rejects.toMatchObject({ code: 'ABORTED' });
});

test('an aborted signal lets nothing begin', async () => {
  let calls = 0;
  const call = withRetries(async () => (calls += 1), { operation: 'try', signal: AbortSignal.abort() });
  await expect(call).rejects.toMatchObject({ code: 'ABORTED' });
  expect(calls).toBe(0);
});

test('work that can not be stopped is not waited for once the signal aborts', async () => {
  const abort = new AbortController();
  const never = Promise.withResolvers<void>();
  const call = abortable(never.promise, 'wait', abort.signal);
  abort.abort();
  await expect(call).rejects.toMatchObject({ code: 'ABORTED' });
});
