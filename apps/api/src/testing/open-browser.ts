import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findProgramForTests } from '@migrator/devkit';
import axe, { type AxeResults } from 'axe-core';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

/** A headless Chromium with an empty profile, which asks only the pages it is sent to. */
export interface Browser extends AsyncDisposable {
  readonly context: BrowserContext;
}

/** Undefined where this machine has no Chromium and no way to one; the reason is printed. */
export async function openBrowser(): Promise<Browser | undefined> {
  const program = await findProgramForTests('chromium');
  if (program === undefined) return undefined;
  const { command, libraryPath } = program;
  const profile = await mkdtemp(join(tmpdir(), 'browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: command,
    headless: true,
    chromiumSandbox: false,
    env: { ...process.env, LD_LIBRARY_PATH: libraryPath },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    context,
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** What axe-core finds on the page as it is shown, in light and in dark colours. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe.source);
    // As text: the browser has no module of this name, only the global.
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    for (const { id, nodes } of violations)
      found.push(
        ...nodes.map(({ html, failureSummary }) => `${colorScheme} ${id}: ${html} ${failureSummary}`),
      );
  }
  return found;
}
