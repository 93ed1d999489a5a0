import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { findProgramForTests } from '@migrator/devkit';
import { expect, test } from 'vitest';

test(
  'the alerts are raised when they should be, by Prometheus itself',
  { timeout: 120_000 },
  async (context) => {
    const promtool = await findProgramForTests('promtool');
    if (promtool === undefined) {
      context.skip('promtool is not installed, and apt-get could not bring it');
      return;
    }
    const { command, libraryPath } = promtool;
    const rules = fileURLToPath(new URL('../../../../deploy/prometheus-alerts.test.yml', import.meta.url));
    const env = { ...process.env, ...(libraryPath !== undefined && { LD_LIBRARY_PATH: libraryPath }) };
    const { stdout } = await promisify(execFile)(command, ['test', 'rules', rules], { env });
    expect(stdout).toContain('SUCCESS');
  },
);
