import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('lua/', import.meta.url);

/**
 * The text of each Lua file, by its path in `lua/` without the extension. In the npm package this module is replaced
 * by one with the texts (tsdown.config.ts), so that it needs no files, even if an application bundles it again.
 */
export const luaFiles: ReadonlyMap<string, string> = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.lua'))
    .map((path) => [
      path.replaceAll('\\', '/').slice(0, -'.lua'.length),
      readFileSync(new URL(path, folder), 'utf8'),
    ]),
);
