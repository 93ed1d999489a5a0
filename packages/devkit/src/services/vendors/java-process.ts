// Supervises one Java program, which can't watch a pipe itself: ends it and removes its temporary folder when this process is
// asked to end. Writes `pid N`, then `ready` once the program answers HTTP; ends with it otherwise.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const POLL_MS = 100;

const { values: flags, positionals } = parseArgs({
  options: {
    java: { type: 'string', default: 'java' },
    // Any answer there means that it is up.
    url: { type: 'string', default: '' },
  },
  allowPositionals: true,
});

const folder = await mkdtemp(join(tmpdir(), 'local-java-'));
const java = spawn(flags.java, [`-Djava.io.tmpdir=${folder}`, ...positionals], {
  cwd: folder,
  stdio: ['ignore', 'pipe', 'pipe'],
});
// The parent keeps the last lines and shows them should it end by itself.
for (const input of [java.stdout, java.stderr]) {
  createInterface({ input }).on('line', (line) => process.stderr.write(`${line}\n`));
}
let leaving = false;
const end = async (how: string): Promise<never> => {
  await rm(folder, { recursive: true, force: true });
  if (!leaving) process.stderr.write(`java ended (${how}).\n`);
  process.exit(leaving ? 0 : 1);
};
java.once('error', (error) => void end(error.message));
java.once('close', (code, signal) => void end(signal ?? `exit code ${code}`));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    leaving = true;
    // All is in memory: there is nothing to end in order.
    java.kill('SIGKILL');
  });
}
process.stdout.write(`pid ${java.pid}\n`);

for (;;) {
  const answered = await fetch(flags.url).then(
    (response) => response.arrayBuffer().then(() => true),
    () => false,
  );
  if (answered) break;
  await delay(POLL_MS);
}
process.stdout.write('ready\n');
