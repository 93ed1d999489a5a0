import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { type RequestHandler, Router } from 'express';

import { isSignedIn, roleIn } from './access/access-guard.ts';

const pageFolder = new URL('../page/', import.meta.url);
const moduleFolder = new URL('dashboard/', pageFolder);

/**
 * Modules of packages that the page imports: the import name, the file in the package, and the name under which it is
 * served.
 */
const packages = [
  ['preact', import.meta.resolve('preact'), 'preact.js'],
  ['preact/hooks', import.meta.resolve('preact/hooks'), 'preact-hooks.js'],
  ['htm', import.meta.resolve('htm'), 'htm.js'],
  ['htm/preact', import.meta.resolve('htm/preact'), 'htm-preact.js'],
  // Its main file is CommonJS, so name the ES module.
  ['uplot', new URL('uPlot.esm.js', uplotFolder()), 'uplot.js'],
  [undefined, new URL('uPlot.min.css', uplotFolder()), 'uplot.css'],
] as const;

function uplotFolder(): URL {
  const main = createRequire(import.meta.url).resolve('uplot');
  return new URL('./', pathToFileURL(main));
}

/** Revalidated for each load, so that a page never runs with modules of another version. */
const revalidated = 'no-cache';

/** The dashboard: its page at `/`, its files below `/dashboard/`. */
export function dashboard(): RequestHandler {
  const router = Router();
  const html = read(new URL('index.html', pageFolder));
  const files = filesOfPage();
  router.get('/', (_request, response) => {
    // It differs between users.
    const ofRole = html.replace('<html', `<html data-role="${roleIn(response)}"`);
    const shown = isSignedIn(response) ? ofRole.replace('id="sign-out" hidden', 'id="sign-out"') : ofRole;
    response.set({ 'Cache-Control': revalidated, Vary: 'Cookie, Authorization' }).type('html').send(shown);
  });
  router.get('/dashboard/:name', (request, response, next) => {
    const { name } = request.params;
    const file = files.get(name);
    if (file === undefined) next();
    else response.set('Cache-Control', revalidated).type(extname(name)).send(file);
  });
  return router;
}

/** All files by name, in one folder. Imports of packages become URLs of files. */
function filesOfPage(): ReadonlyMap<string, Buffer> {
  const files = new Map<string, string>();
  for (const name of readdirSync(moduleFolder)) files.set(name, read(new URL(name, moduleFolder)));
  for (const [, file, name] of packages) files.set(name, read(new URL(file)));
  return new Map(
    [...files].map(([name, text]) => [name, Buffer.from(name.endsWith('.js') ? withAddresses(text) : text)]),
  );
}

function withAddresses(module: string): string {
  return module
    .replaceAll(/\bfrom ?(["'])([^"'\n]{1,100})\1/g, (written, quote: string, imported: string) => {
      const served = packages.find(([name]) => name === imported)?.[2];
      return served === undefined ? written : `from ${quote}./${served}${quote}`;
    })
    .replace(/^\/\/# sourceMappingURL=.*$/m, '');
}

function read(file: URL): string {
  return readFileSync(fileURLToPath(file), 'utf8');
}
