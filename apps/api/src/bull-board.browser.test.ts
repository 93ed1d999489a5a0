import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { type Browser, openBrowser } from './testing/open-browser.ts';
import { openTestEnvironment } from './testing/test-environment.ts';

// The first time, Chromium comes over the network.
const whileDownloading = 300_000;
let browser: Browser | undefined;

beforeAll(async () => {
  browser = await openBrowser();
}, whileDownloading);
afterAll(() => browser?.[Symbol.asyncDispose]());

const users = ['alice', 'a b:c%3A@d', '100%|中📈'];

for (const user of users) {
  test(`Bull Board opens the failed job of ${user}, shows its log and retries it`, async ({ skip }) => {
    if (browser === undefined) return skip('there is no Chromium and no apt-get to bring it');
    await using environment = await openTestEnvironment();
    const entry = environment.firestore
      .collection('users')
      .doc(user)
      .collection('trading-journal')
      .doc('2026-01-01');
    await entry.set({ trades: ['x'.repeat(500_000)] });
    const run = await environment.call('POST /start', {
      body: { verify: false },
      headers: { Prefer: 'wait=60' },
    });
    expect(run.body).toMatchObject({ stats: { failureCount: 1 } });
    await entry.set({ trades: [] });

    const page = await browser.context.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(`${environment.url}/admin/queues`);
    const main = page.getByRole('main');
    await page.getByRole('navigation').getByRole('link', { name: 'users' }).click();
    await main.getByRole('link', { name: /^failed/i }).click();
    // What is refused is not offered; the rest is.
    const actions = main.locator('[class*="jobActions"] button');
    await actions.first().waitFor();
    expect(await actions.count()).toBe(4);
    expect(await actions.locator('visible=true').locator('svg').count()).toBe(2);
    await main.locator('button[class*="trigger-"]').click();
    await page.getByRole('menuitem', { name: 'Pause' }).waitFor();
    expect(await page.getByRole('menuitem').allTextContents()).toEqual([
      'Retry all 1 failed jobs',
      'Pause',
      'Empty',
    ]);
    await page.keyboard.press('Escape');
    for (const limit of ['concurrency', 'rate-limit']) {
      const url = `${environment.url}/admin/queues/api/queues/users/${limit}`;
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ concurrency: 1, max: 1, duration: 60_000 });
      expect((await fetch(url, { method: 'PUT', headers, body })).status).toBe(403);
    }
    await main.getByRole('link', { name: /^migration-/ }).click();
    await main.getByRole('heading', { name: `migrate ${user}` }).waitFor();
    expect(await page.getByText('Job Not found').count()).toBe(0);
    await main.getByRole('tab', { name: 'Logs' }).click();
    await main
      .getByRole('tabpanel', { name: 'Logs' })
      .getByText(/ITEM_TOO_LARGE/)
      .first()
      .waitFor();

    // The buttons have no names, only pictures.
    await main.locator('button:has(.lucide-refresh-cw)').first().click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Confirm' }).click();
    await vi.waitFor(
      async () => {
        expect((await environment.call('GET /status')).body).toMatchObject({
          currentStatus: { state: 'idle' },
          lastMigration: { stats: { totalProcessed: 1, successCount: 1, failureCount: 0 } },
        });
      },
      { timeout: 30_000, interval: 100 },
    );
    await main.getByText(/created 1,/).waitFor();
    await page.locator('header button').last().click();
    await page.getByRole('menuitem', { name: 'Dashboard' }).click();
    await page.waitForURL(`${environment.url}/`);
    await page.close();
  });
}
