import { MigrationError } from '../migration-error.ts';

/** `leftMs`: until the last of them has run out. */
export function leasesOutstanding(count: number, leftMs: number): MigrationError {
  const attempts = count === 1 ? 'one attempt that has' : `${count} attempts that have`;
  const seconds = Math.ceil(leftMs / 1_000);
  return new MigrationError(
    'LEASES_OUTSTANDING',
    `waits for ${attempts} not reported and may still write, for ${seconds} s at most`,
  );
}
