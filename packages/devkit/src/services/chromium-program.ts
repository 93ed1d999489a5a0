import { findLocalProgram, type FindOptions, type FoundProgram, withApt } from './local-program.ts';

// The package's own `usr/bin/chromium` is a script that looks for the browser in the system's folders.
const chromium = { name: 'chromium', file: 'usr/lib/chromium/chromium', probe: ['--version'] };

/** A browser for tests: Chromium or Chrome on the PATH, or Debian's Chromium brought by apt. */
export async function findChromium(options: FindOptions): Promise<FoundProgram> {
  return await findLocalProgram(
    ['chromium', 'chromium-browser', 'google-chrome'],
    [withApt(chromium, options)],
    options.env,
  );
}
