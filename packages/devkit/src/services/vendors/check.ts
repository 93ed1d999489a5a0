// Prints what the vendors' engines need and this machine lacks, one sentence a line, and exits with code 3. Prints
// nothing if everything is there or could be downloaded.
import { requireVendors } from './start-vendor-services.ts';
import { VendorsMissingError } from './vendors-missing-error.ts';

try {
  await requireVendors();
} catch (error) {
  if (!(error instanceof VendorsMissingError)) throw error;
  process.stdout.write(`${error.message}\n`);
  process.exitCode = 3;
}
