import { expect, test } from 'vitest';

import { openTestEnvironment } from './testing/test-environment.ts';

test('the dashboard is served with all that it names, none of it inline or from elsewhere', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  const get = (url: URL | string): Promise<Response> => fetch(new URL(url, environment.url));
  const page = await get('/');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const html = await page.text();
  expect(html).not.toMatch(/<style|<script(?![^>]* src=)|\s(?:style|on\w+)=/i);

  const types = {
    js: 'text/javascript; charset=utf-8',
    css: 'text/css; charset=utf-8',
    svg: 'image/svg+xml',
  };
  const wanted = [...html.matchAll(/<(?:script|link)\b[^>]* (?:src|href)="([^"]+)"/g)].map(
    ([, path = '']) => new URL(path, environment.url),
  );
  const seen = new Set<string>();
  for (let url = wanted.shift(); url !== undefined; url = wanted.shift()) {
    if (seen.has(url.href)) continue;
    seen.add(url.href);
    expect(url.href).toMatch(new RegExp(`^${environment.url}/dashboard/`));
    const asset = await get(url);
    expect(asset.status, url.href).toBe(200);
    const extension = url.pathname.split('.').at(-1);
    expect(asset.headers.get('content-type'), url.href).toBe(types[extension as keyof typeof types]);
    const text = await asset.text();
    const imports =
      extension === 'js' ? text.replaceAll(/\/\*.*?\*\//gs, '').matchAll(/\bfrom ?["']([^"'\s]+)["']/g) : [];
    for (const [, path = ''] of imports) wanted.push(new URL(path, url));
  }
  expect([...seen].map((href) => href.slice(environment.url.length))).toEqual(
    expect.arrayContaining([
      '/dashboard/main.js',
      '/dashboard/preact.js',
      '/dashboard/preact-hooks.js',
      '/dashboard/uplot.js',
      '/dashboard/uplot.css',
      '/dashboard/style.css',
      '/dashboard/icon.svg',
      '/dashboard/words.js',
    ]),
  );
});

test('the folder of the dashboard shows nothing else', async () => {
  await using environment = await openTestEnvironment({ workers: 0 });
  for (const path of [
    '/dashboard',
    '/dashboard/',
    '/dashboard/nothing.js',
    '/dashboard/..%2f..%2fpackage.json',
    '/dashboard/%00',
  ]) {
    const response = await fetch(environment.url + path);
    expect(response.status, path).toBeGreaterThanOrEqual(400);
    expect(response.status, path).toBeLessThan(500);
    expect(response.headers.get('content-type'), path).toMatch(/^application\/problem\+json/);
  }
  expect((await fetch(environment.url, { method: 'POST' })).status).toBe(404);
});
