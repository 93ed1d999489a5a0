import { defineConfig } from 'tsdown';

import manifest from './package.json' with { type: 'json' };

/** What an application imports: the workspace's packages are in it, npm's stay dependencies, each of which must be listed. */
export default defineConfig({
  entry: ['src/index.ts', 'src/main.ts', 'src/require-node.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  fixedExtension: false,
  dts: true,
  deps: {
    alwaysBundle: [/^@migrator\//],
    neverBundle: true,
    onlyImport: Object.keys(manifest.dependencies),
  },
});
