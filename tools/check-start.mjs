// Runs before each program of a script, on any Node and before anything is installed: so it is plain JavaScript.
import { existsSync } from 'node:fs';

const oldest = [22, 19];

const [major, minor] = process.versions.node.split('.').map(Number);
const script = (process.env.npm_lifecycle_event ?? '').replace(/^pre/, '') || 'demo';
const command = `npx --yes pnpm@12.21.0 ${script}`;

function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

if (!existsSync(new URL('../node_modules', import.meta.url)))
  refuse(`Nothing is installed yet. Type this, which installs first: ${command}`);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1]))
  refuse(
    `Node ${process.versions.node} is too old: install Node ${oldest.join('.')} or later, or type ${command}, which brings its own.`,
  );
