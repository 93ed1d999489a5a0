// Says what this machine lacks for the vendors' engines, one sentence a line, and ends with status 3; silent where all is
// there, or could be downloaded.
import { requireVendors } from './start-vendor-services.ts';
import { VendorsMissingError } from './vendors-missing-error.ts';

try {
  await requireVendors();
} catch (error) {
  if (!(error instanceof VendorsMissingError)) throw error;
  process.stdout.write(`${error.message}\n`);
  process.exitCode = 3;
}
