import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { accessibilityProblems, type Browser, openBrowser } from './testing/open-browser.ts';
import { at, openTestEnvironment, type TestEnvironment } from './testing/test-environment.ts';

// The first time, Chromium comes over the network.
const whileDownloading = 300_000;
let browser: Browser | undefined;

beforeAll(async () => {
  browser = await openBrowser();
}, whileDownloading);
afterAll(() => browser?.[Symbol.asyncDispose]());

const API_TOKEN = 'the-full-token-0123456789';
const API_READ_TOKEN = 'the-read-token-0123456789';
const noBrowser = 'there is no Chromium and no apt-get to bring it';
const pages = ['Now', 'Failures', 'Entries', 'Verification', 'Runs', 'User'];

for (const [width, height] of [
  [1280, 900],
  [800, 900],
  [400, 800],
] as const) {
  test(`start, pause, failure, retry, verification and rollback, ${width} px wide`, async ({ skip }) => {
    if (browser === undefined) return skip(noBrowser);
    await using environment = await openTestEnvironment();
    await fill(environment, 30);
    const large = environment.firestore.doc('users/bob/trading-journal/2026-02-01');
    await large.set({ trades: ['x'.repeat(500_000)] });
    await environment.call('PUT /pace', { body: { maxWriteUnitsPerSecond: 2 } });
    await using opened = await openPage(browser, environment.url, { width, height });
    const { page } = opened;
    const title = page.locator('#state');
    const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });

    await title.getByText('Nothing is running').waitFor();
    await expectSound(page);
    await button('New migration…').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(environment.table).waitFor();
    await dialog.getByText(environment.env['GOOGLE_CLOUD_PROJECT'] ?? '').waitFor();
    await dialog.getByText('31 entries', { exact: true }).waitFor();
    await expectSound(page);
    await button('Migrate 31 entries').click();
    await title.getByText('Migrating').waitFor();
    await button('Pause').click();
    await title.getByText(/^Paused$/).waitFor();
    await page.getByText('Paused by an operator; resume it with POST /resume.').waitFor();
    await page.getByRole('img', { name: /a second, now/ }).waitFor();
    await expectSound(page);
    await button('Resume').click();
    await page.getByLabel(/^Limit/).fill('');
    await button('Set').click();
    await title.getByText('Migration ended with 1 failed entry').waitFor();
    expect(await title.evaluate((element) => element.getBoundingClientRect().top)).toBeLessThan(height / 2);
    await page.getByRole('img', { name: /a second, now/ }).waitFor();
    await page.reload();
    await page.getByRole('img', { name: /a second, now/ }).waitFor();
    await expectSound(page);

    await page.getByRole('link', { name: 'What is wrong, and what to do' }).click();
    await page.getByText('1 failure.').waitFor();
    await page.getByLabel('Code').selectOption('ITEM_TOO_LARGE');
    await page.getByText(/400 KB\. Make the entry smaller/).waitFor();
    await page.reload();
    await page.getByText(/400 KB\. Make the entry smaller/).waitFor();
    await expectSound(page);
    await page.getByRole('link', { name: /bob \/ 2026-02-01/ }).click();
    await dialog.getByText('users/bob/trading-journal/2026-02-01').waitFor();
    await expectSound(page);
    await large.set({ trades: [] });
    await button('Retry bob').click();
    await page.getByText('No failures.').waitFor();
    await page.getByRole('link', { name: 'User', exact: true }).click();
    await page.getByLabel('User id').fill('bob');
    await button('Show').click();
    await page.getByText('bob is done: 16 entries').waitFor();
    await expectSound(page);

    await environment.firestore.doc('users/alice/trading-journal/2026-01-01').update({ trades: [] });
    await page.getByRole('link', { name: 'Now' }).click();
    await title.getByText('Migration complete').waitFor();
    await button('Verify').click();
    await title.getByText('Verification invalid').waitFor();
    await page.getByRole('link', { name: 'Differences' }).click();
    await page
      .getByRole('row', { name: /trades/ })
      .first()
      .waitFor();
    await page.getByText('Changed in Firestore since').first().waitFor();
    await expectSound(page);

    await page.getByRole('link', { name: 'Now' }).click();
    await button('Rollback…').click();
    await button('Count items to delete').click();
    await button('Delete 31 items').click();
    await title.getByText('Rollback complete').waitFor();
    await page.getByText('31 items deleted, 0 kept.').waitFor();
    await expectSound(page);
    await page.getByRole('link', { name: 'Runs' }).click();
    await page.getByRole('link', { name: 'Migration rolled back' }).click();
    await page.getByRole('heading', { name: 'Migration rolled back' }).waitFor();
    await expectSound(page);
    expect(opened.problems).toEqual([]);
  }, 180_000);
}

test('a read-only token sees everything and no button', async ({ skip }) => {
  if (browser === undefined) return skip(noBrowser);
  await using environment = await openTestEnvironment({ env: { API_TOKEN, API_READ_TOKEN } });
  await fill(environment, 2);
  await environment.firestore.doc('users/bob/trading-journal/large').set({ trades: ['x'.repeat(500_000)] });
  const headers = { Authorization: `Bearer ${API_TOKEN}`, Prefer: 'wait=60' };
  await environment.call('POST /start', { headers });
  const link = `${environment.url}/#/failures?code=ITEM_TOO_LARGE`;
  await using opened = await openPage(browser, link, { width: 1280, height: 900 });
  const { page } = opened;
  const signIn = async (token: string): Promise<void> => {
    await page.getByLabel(/^Token/).fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  await signIn('not-the-token');
  await page.getByText('Wrong token.').waitFor();
  await signIn(API_READ_TOKEN);
  await page.getByText('1 failure.').waitFor();
  expect(page.url()).toBe(link);
  await page.getByRole('link', { name: 'Now' }).click();
  await page.locator('#state').getByText('Migration ended with 1 failed entry').waitFor();
  for (const name of pages) {
    await page.getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(
      await page
        .getByRole('main')
        .getByRole('button', { name: /start|migrat|verif|retry|rollback|pause|cancel/i })
        .count(),
    ).toBe(0);
    await expectSound(page);
  }
  await page.goto(`${environment.url}/#/user?id=bob`);
  await page.getByText('bob is not done: 1 failed entry of 2 entries').waitFor();
  expect(await page.getByRole('main').getByRole('button').allTextContents()).toEqual(['Show']);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${environment.url}/sign-in`);
  expect(opened.problems).toEqual([]);
});

test('10,000 failures: read by the page, found at the server, all of them in one file', async ({ skip }) => {
  if (browser === undefined) return skip(noBrowser);
  await using environment = await openTestEnvironment({ workers: 0 });
  await failEntries(environment, 10_000);
  await using opened = await openPage(browser, `${environment.url}/#/failures`, { width: 800, height: 900 });
  const { page } = opened;
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/failures')) asked.push(request.url());
  });
  await page.reload();
  await page.getByText('10,000 failures.').waitFor();
  const list = page.getByRole('region', { name: 'Failed entries' });
  const rows = list.getByRole('listitem');
  await rows.getByText('user-0 / 0').waitFor();
  expect(asked.length).toBeLessThan(4);
  expect(await rows.count()).toBeLessThan(60);
  await vi.waitFor(
    async () => {
      await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      const place = await rows.last().getAttribute('aria-posinset');
      expect(Number(place)).toBeGreaterThan(300);
    },
    { timeout: 30_000, interval: 50 },
  );
  expect(await rows.count()).toBeLessThan(60);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const lines = await textOf(await (await download).createReadStream());
  expect(lines.split('\r\n')).toHaveLength(10_002);
  expect(lines).toContain(
    `"user-7","users/user-7/trading-journal/3","INVALID_ITEM","1","'=HYPERLINK(""x"")"\r\n`,
  );
  await page.getByLabel('User').fill('USER-42');
  await page.getByText('100 of 10,000 failures.').waitFor();
  await rows.getByText('user-42 / 0').waitFor();
  await expectSound(page);
  await page.goto(`${environment.url}/#/failures?entry=users%2Fuser-99%2Ftrading-journal%2F99`);
  await page.getByRole('dialog').getByText('users/user-99/trading-journal/99').waitFor();
  expect(opened.problems).toEqual([]);
}, 60_000);

test('what is counted is listed: from the run and the rollback to each list, searched and saved', async ({
  skip,
}) => {
  if (browser === undefined) return skip(noBrowser);
  await using environment = await openTestEnvironment();
  const entry = (user: string, date: string) =>
    environment.firestore.doc(`users/${user}/trading-journal/${date}`);
  await entry('ann', '1').set({ trades: 'none', risk: { ratio: Number.NaN } });
  await entry('bob', '1').set({ performance: { factor: Number.POSITIVE_INFINITY } });
  await entry('bob', 'saved').set({ trades: [1] });
  await putSaved(environment);
  await environment.call('POST /start', { headers: { Prefer: 'wait=60' } });
  await using opened = await openPage(browser, environment.url, { width: 400, height: 800 });
  const { page } = opened;
  const figure = (term: string) =>
    page.getByRole('main').locator('dl > div', { hasText: term }).getByRole('link');
  const heading = (name: string) => page.getByRole('heading', { level: 1, name });
  await figure('Numbers stored as text').click();
  await heading('Entries: Numbers stored as text').waitFor();
  await page.getByText('2 entries.').waitFor();
  await page.getByRole('link', { name: /ann \/ 1/ }).waitFor();
  await expectSound(page);
  await page.getByLabel('User').fill('BO');
  await page.getByText('1 of 2 entries.').waitFor();
  await page.getByRole('link', { name: /bob \/ 1/ }).waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  expect(await textOf(await (await download).createReadStream())).toBe(
    '"user","path","key","field"\r\n"bob","users/bob/trading-journal/1","journal_bob_1","performance.factor"\r\n',
  );
  await page.getByRole('link', { name: 'Conflicts' }).click();
  await page.getByText('1 of 1 entry.').waitFor();
  await page.getByRole('link', { name: 'Pruned' }).click();
  await page.getByText('None.').waitFor();
  await page.getByRole('link', { name: 'Runs' }).click();
  await page.getByRole('link', { name: 'Migration complete' }).click();
  await figure('Fields of another type').click();
  await page.getByText('1 entry.').waitFor();
  await page.getByText('trades (string)').waitFor();

  await environment.call('POST /rollback', {
    body: { dryRun: false },
    headers: { Prefer: 'wait=60' },
  });
  await page.getByRole('link', { name: 'Now' }).click();
  await page.locator('#state').getByText('Rollback complete').waitFor();
  await figure('not from a migration').click();
  await page.getByText('1 entry.').waitFor();
  await page.getByText('journal_bob_saved').waitFor();
  await expectSound(page);
  expect(opened.problems).toEqual([]);
});

test('a run whose entries fail says so while it runs, and a pause says by whom', async ({ skip }) => {
  if (browser === undefined) return skip(noBrowser);
  await using environment = await openTestEnvironment({ workers: 0 });
  await failEntries(environment, 100, { close: false });
  await using opened = await openPage(browser, environment.url, { width: 400, height: 800 });
  const { page } = opened;
  const failures = page.getByRole('link', { name: '100 failures so far' });
  await failures.waitFor();
  await expectSound(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused by an operator; resume it with POST /resume.').waitFor();
  await failures.click();
  await page.getByText('100 failures.').waitFor();
  expect(opened.problems).toEqual([]);
});

test('a list that could not be had is asked for again', async ({ skip }) => {
  if (browser === undefined) return skip(noBrowser);
  await using environment = await openTestEnvironment({ workers: 0 });
  await failEntries(environment, 100);
  await using opened = await openPage(browser, environment.url, { width: 800, height: 900 });
  const { page } = opened;
  await page.locator('#state').getByText('Migration ended with 100 failed entries').waitFor();
  for (const [name, says] of [
    ['Failures', '100 failures.'],
    ['Runs', 'Migration ended with 100 failed entries'],
  ] as const) {
    await page.getByRole('link', { name: 'Now', exact: true }).click();
    await page.context().setOffline(true);
    await page
      .getByRole('status')
      .getByText(/^Reconnecting/)
      .waitFor();
    await page.locator('#state').getByText('Migration ended with 100 failed entries').waitFor();
    await page.getByRole('link', { name, exact: true }).click();
    await page.getByRole('main').getByText("The server can't be reached. Trying again…").waitFor();
    expect(await page.getByText('Nothing has run yet.').count()).toBe(0);
    await page.context().setOffline(false);
    await page.getByRole('main').getByText(says).first().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  }
});

test('an older run is retried from its failures', async ({ skip }) => {
  if (browser === undefined) return skip(noBrowser);
  await using environment = await openTestEnvironment();
  const large = environment.firestore.doc('users/bob/trading-journal/large');
  await large.set({ trades: ['x'.repeat(500_000)] });
  const wait = { Prefer: 'wait=60' };
  const first = await environment.call('POST /start', { headers: wait, body: { verify: false } });
  const dry = await environment.call('POST /start', { headers: wait, body: { dryRun: true } });
  await environment.call('POST /start', { headers: wait, body: { verify: false } });
  await large.set({ trades: [] });
  const failuresOf = ({ body }: { body: unknown }) =>
    `${environment.url}/#/failures?run=${String(at(body, 'migrationId'))}`;
  await using opened = await openPage(browser, failuresOf(dry), { width: 800, height: 900 });
  const { page } = opened;
  await page.getByText('This was a dry run: there is nothing to retry.').waitFor();
  expect(await page.getByRole('button', { name: /Retry/ }).count()).toBe(0);
  await page.goto(failuresOf(first));
  await page.getByRole('button', { name: 'Retry all failed' }).click();
  await page.getByText('No failures.').waitFor();
  expect(opened.problems).toEqual([]);
});

test('without a worker the page says so, and an address that is none is a page', async ({ skip }) => {
  if (browser === undefined) return skip(noBrowser);
  await using environment = await openTestEnvironment({ workers: 0 });
  await fill(environment, 2);
  await environment.call('POST /start');
  await using opened = await openPage(browser, environment.url, { width: 400, height: 800 });
  const { page } = opened;
  await page.getByText(/^No worker is running: start at least one/).waitFor();
  expect(await page.getByText(/^Pace:/).count()).toBe(0);
  // It does not move where nothing does.
  expect(await page.getByRole('progressbar').getAttribute('value')).toBe('0');
  await expectSound(page);
  await page.goto(`${environment.url}/#/nothing`);
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await expectSound(page);
  expect(opened.problems).toEqual([]);
  const wrong = await page.goto(`${environment.url}/nothing`);
  expect(wrong?.status()).toBe(404);
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await expectSound(page);
  await page.getByRole('link', { name: 'Go to the dashboard' }).click();
  await page.locator('#state').waitFor();
});

/** axe-core finds nothing, and nothing is wider than the window. */
async function expectSound(page: Page): Promise<void> {
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
}

async function openPage({ context }: Browser, url: string, size: { width: number; height: number }) {
  await context.clearCookies();
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.setViewportSize(size);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 40[14]/.test(message.text())) problems.push(message.text());
  });
  page.on('request', (request) => {
    const other = new URL(request.url());
    if (other.protocol !== 'blob:' && other.origin !== new URL(url).origin) problems.push(request.url());
  });
  await page.goto(url);
  return { page, problems, [Symbol.asyncDispose]: () => page.close() };
}

async function fill({ firestore }: TestEnvironment, entries: number): Promise<void> {
  const writer = firestore.bulkWriter();
  for (let entry = 0; entry < entries; entry += 1) {
    const [user, day] = [
      entry % 2 === 0 ? 'alice' : 'bob',
      String(Math.floor(entry / 2) + 1).padStart(2, '0'),
    ];
    void writer.set(firestore.doc(`users/${user}/trading-journal/2026-01-${day}`), {
      trades: [entry],
      heatmap: {},
    });
  }
  await writer.close();
}

/** An item that the application has made. */
async function putSaved({ dynamodb, table }: TestEnvironment): Promise<void> {
  const data = { M: { userId: { S: 'bob' }, date: { S: 'saved' } } };
  const Item = { dateKey: { S: 'journal_bob_saved' }, data, updatedAt: { S: '2026-01-01T00:00:00.000Z' } };
  await dynamodb.send(new PutItemCommand({ TableName: table, Item }));
}

/** As a run leaves them, without the hours that it takes. */
async function failEntries(
  { context }: TestEnvironment,
  count: number,
  { close } = { close: true },
): Promise<void> {
  const { ledger } = context;
  const request = { kind: 'migration', dryRun: false, verify: false, prune: false } as const;
  const binding = await context.binding();
  const opened = await ledger.open(request, { now: new Date(), binding });
  if (!opened.opened) throw new Error('something runs');
  const { id } = opened.operation;
  for (let user = 0; user < count / 100; user += 1) {
    const task = `user:user-${user}`;
    const start = await ledger.startTask(id, task, { binding });
    if (!start.started) throw new Error(start.why);
    const issues = Array.from({ length: 100 }, (_, day) => ({
      task,
      key: String(day),
      code: 'INVALID_ITEM',
      detail: { path: `users/user-${user}/trading-journal/${day}`, message: '=HYPERLINK("x")', attempts: 1 },
    }));
    await ledger.commit(id, task, { epoch: start.epoch, state: 'failed', deltas: { failed: 100 }, issues });
  }
  if (close)
    await vi.waitFor(() => ledger.close(id, { state: 'completed-with-failures', now: new Date() }), 20_000);
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
