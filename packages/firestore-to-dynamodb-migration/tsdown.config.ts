import { defineConfig } from 'tsdown';

import { luaFiles } from '../queue/src/lua-files.ts';
import manifest from './package.json' with { type: 'json' };

/** Puts the Lua into the bundle, in place of the module that reads it from its folder. */
const inlineLua = {
  name: 'inline-lua',
  load(id: string): string | undefined {
    if (!id.endsWith('/queue/src/lua-files.ts')) return undefined;
    return `export const luaFiles = new Map(${JSON.stringify([...luaFiles])});`;
  },
};

/** What an application imports: the workspace's packages are in it, npm's stay dependencies, each of which must be listed. */
export default defineConfig({
  entry: ['src/index.ts', 'src/main.ts', 'src/require-node.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  fixedExtension: false,
  dts: true,
  plugins: [inlineLua],
  deps: {
    alwaysBundle: [/^@migrator\//],
    neverBundle: true,
    onlyImport: Object.keys(manifest.dependencies),
  },
});
