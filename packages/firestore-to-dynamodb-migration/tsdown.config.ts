import { defineConfig } from 'tsdown';

/** One file for an application to import: the workspace's packages are part of it, npm's stay dependencies. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node22',
  fixedExtension: false,
  dts: true,
  deps: { alwaysBundle: [/^@migrator\//] },
});
