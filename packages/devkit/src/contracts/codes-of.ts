import { MigrationError } from '@migrator/core';

/** The error code of each call; `none` for one that succeeds. */
export async function codesOf(calls: readonly Promise<unknown>[]): Promise<string[]> {
  const codes = calls.map((call) =>
    call.then(
      () => 'none',
      (error: unknown) => MigrationError.codeOf(error),
    ),
  );
  return await Promise.all(codes);
}
