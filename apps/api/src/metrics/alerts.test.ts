import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { findPromtool } from '@migrator/devkit';
import { expect, test } from 'vitest';

test(
  'the alerts are raised when they should be, by Prometheus itself',
  { timeout: 120_000 },
  async (context) => {
    const found = await findPromtool({ env: process.env, notice: (line) => console.info(line) });
    if (found.program === undefined) {
      context.skip('promtool is not installed, and apt-get could not bring it');
      return;
    }
    const { command, libraryPath } = found.program;
    const rules = fileURLToPath(new URL('../../../../deploy/prometheus-alerts.test.yml', import.meta.url));
    const env = { ...process.env, ...(libraryPath !== undefined && { LD_LIBRARY_PATH: libraryPath }) };
    const { stdout } = await promisify(execFile)(command, ['test', 'rules', rules], { env });
    expect(stdout).toContain('SUCCESS');
  },
);
