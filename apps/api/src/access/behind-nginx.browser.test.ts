import { afterAll, beforeAll, expect, test } from 'vitest';

import { startNginx } from '../testing/nginx.ts';
import { type Browser, openBrowser } from '../testing/open-browser.ts';
import { openTestEnvironment } from '../testing/test-environment.ts';

const API_TOKEN = 'the-full-token-0123456789';
const path = '/tools/migrator';

// The first time, Chromium comes over the network.
const whileDownloading = 300_000;
let browser: Browser | undefined;

beforeAll(async () => {
  browser = await openBrowser();
}, whileDownloading);
afterAll(() => browser?.[Symbol.asyncDispose]());

test('behind nginx under a path, a person signs in, starts a run, looks at its jobs, and signs out', async ({
  skip,
}) => {
  if (browser === undefined) return skip('there is no Chromium and no apt-get to bring it');
  await using environment = await openTestEnvironment({ env: { API_TOKEN, TRUSTED_PROXIES: 'loopback' } });
  await using nginx = await startNginx(`${path}/`, [
    `proxy_pass ${environment.url}/;`,
    'proxy_set_header X-Forwarded-Host $http_host;',
    'proxy_set_header X-Forwarded-Proto $scheme;',
    `proxy_set_header X-Forwarded-Prefix ${path};`,
  ]);
  if (nginx === undefined) return skip('there is no nginx and no apt-get to bring it');
  await environment.firestore.doc('users/ann/trading-journal/1').set({ trades: [1] });

  const page = await browser.context.newPage();
  page.setDefaultTimeout(20_000);
  const failed: string[] = [];
  page.on('response', (response) => {
    if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`);
  });
  page.on('pageerror', (error) => failed.push(error.message));
  const home = `http://127.0.0.1:${nginx.port}${path}/`;
  await page.goto(home);
  await page.getByLabel(/^Token/).fill(API_TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(home);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'New migration…' }).click();
  await page.getByRole('button', { name: 'Migrate 1 entry' }).click();
  await page.locator('#state').getByText('Migration complete and verified').waitFor();
  await page.goto(`${home}#/user?id=ann`);
  await page.reload();
  await page.getByText('ann is done: 1 entry').waitFor();

  await page.getByRole('navigation').getByRole('link', { name: 'Jobs' }).click();
  await page.waitForURL(`${home}admin/queues`);
  await page.getByRole('navigation').getByRole('link', { name: 'users' }).click();
  await page.waitForURL(/\/tools\/migrator\/admin\/queues\/queue\/users/);
  await page.getByRole('main').getByText('migrate ann').first().waitFor();

  await page.goto(`${home}docs`);
  const [session] = await browser.context.cookies(home);
  expect(session).toMatchObject({ path: `${path}/`, httpOnly: true, sameSite: 'Strict', secure: false });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${home}sign-in`);
  expect(await browser.context.cookies(home)).toEqual([]);
  const headers = { Cookie: `${session?.name}=${session?.value}` };
  expect((await environment.call('GET /status', { headers })).status).toBe(401);
  expect(failed).toEqual([]);
  await page.close();
}, 120_000);
