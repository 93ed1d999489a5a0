import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort, journalEntry } from '@migrator/devkit';
import { openTestProject, type TestProject } from '@migrator/devkit/test-project';
import { type ApiClient, createApiClient } from '@migrator/runtime/api-client';
import { expect, vi } from 'vitest';

import { readText, root } from '../pages.ts';
import { isDefinition, type ShellCommand } from '../shell-commands.ts';

const failingEntry = { userId: 'bob', date: '2026-02-01' };
const entriesOfAUser = 6;
const limitMs = 60_000;

export interface Ended {
  readonly exit: number | string;
  readonly output: string;
}

/** A migration of two users on this machine, and a shell in which commands of the documents mean it. */
export class DocumentsEnvironment implements AsyncDisposable {
  readonly #project: TestProject;
  readonly #folder: string;
  readonly #port: number;
  readonly #api: ApiClient;
  readonly #running = new Set<ChildProcess>();
  #definitions: ShellCommand[] = [];

  private constructor(project: TestProject, folder: string, port: number) {
    this.#project = project;
    this.#folder = folder;
    this.#port = port;
    this.#api = createApiClient({ url: `http://127.0.0.1:${port}` });
  }

  static async open(): Promise<DocumentsEnvironment> {
    const project = await openTestProject({ createTable: true });
    await project.addJournals(
      ['alice', 'bob'].map((userId, seed) => ({
        userId,
        entries: Array.from({ length: entriesOfAUser }, (_, day) => journalEntry(seed, day)),
      })),
    );
    const folder = await mkdtemp(join(tmpdir(), 'documents-'));
    await writeTools(folder);
    return new DocumentsEnvironment(project, folder, await freePort());
  }

  /** Runs it to its end; where it has none, until it has written `endless`, and lets it go on. */
  async run(command: ShellCommand, endless?: RegExp): Promise<Ended> {
    const script = [
      'set -eo pipefail; shopt -s expand_aliases',
      ...this.#definitions.filter(({ page }) => page === command.page).map(({ text }) => text),
      command.text,
    ].join('\n');
    if (isDefinition(command) && !this.#isSetting(command.text)) this.#definitions.push(command);
    const child = spawn('bash', ['-c', await this.#adapted(script)], {
      cwd: this.#folder,
      env: await this.#env(),
      stdio: 'pipe',
      detached: true,
    });
    this.#running.add(child);
    const { promise, resolve, reject } = Promise.withResolvers<Ended>();
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        output += data.toString();
        if (endless?.test(output) === true) resolve({ exit: 'still running', output });
      });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      this.#running.delete(child);
      resolve({ exit: code ?? signal ?? 'gone', output });
    });
    const limit = setTimeout(() => {
      end(child);
      reject(new Error(`not at its end after ${limitMs / 1_000} s: ${output}`));
    }, limitMs);
    return promise.finally(() => clearTimeout(limit));
  }

  async untilIdle(): Promise<void> {
    // Before the first pages have started the API there is nothing to wait for.
    if (this.#running.size > 0) await this.#until('idle');
  }

  /** An entry of bob's that is too large for an item. */
  async addFailingEntry(): Promise<void> {
    await this.#setFailingEntry('x'.repeat(500_000));
  }

  async correctFailingEntry(): Promise<void> {
    await this.#setFailingEntry('corrected');
  }

  /** The last run has ended, with an entry that failed. */
  async haveRunWithFailure(): Promise<void> {
    const { lastMigration } = await this.#api.status();
    if (lastMigration?.state === 'completed-with-failures') return;
    await this.addFailingEntry();
    await this.#api.run({}, { waitSeconds: 30 });
  }

  /** Of an earlier page. */
  async removeBackup(): Promise<void> {
    await rm(join(this.#folder, 'journals.ndjson.gz'), { force: true });
  }

  /** A run that has much to do and a low limit. */
  async startSlowRun(): Promise<void> {
    // A worker that was just busy learns the limit within a second. It may do the whole run before that.
    do {
      await this.#api.rollBack({ dryRun: false }, { waitSeconds: 60 });
      await this.#api.pace(1);
      await this.#api.start();
    } while (!(await this.#waitsForBudget()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = [...this.#running].map((child) => new Promise((resolve) => child.once('close', resolve)));
    for (const child of this.#running) end(child);
    await Promise.all(gone);
    await this.#project[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true });
  }

  async #setFailingEntry(note: string): Promise<void> {
    const { userId, date } = failingEntry;
    await this.#project.addJournals([{ userId, entries: [{ date, fields: { note } }] }]);
  }

  async #until(state: string): Promise<void> {
    const look = async () => expect((await this.#api.status()).currentStatus.state).toBe(state);
    await vi.waitFor(look, { timeout: limitMs, interval: 50 });
  }

  /** Resolves once the limit slows the run down; false if the run has ended. */
  async #waitsForBudget(): Promise<boolean> {
    const look = async (): Promise<boolean> => {
      const { state, progress } = (await this.#api.status()).currentStatus;
      if (state !== 'idle') expect(progress?.pace?.limitedBy).toBe('budget');
      return state !== 'idle';
    };
    return await vi.waitFor(look, { timeout: limitMs, interval: 50 });
  }

  /** Our port and newest run in place of the documents', and no question where there is no terminal to ask in. */
  async #adapted(text: string): Promise<string> {
    return text
      .replaceAll(/(localhost|127\.0\.0\.1):5000/g, `$1:${this.#port}`)
      .replaceAll(/migration-\d{8}T\d{9}Z/g, await this.#newestRun())
      .replaceAll(/cli (?:start|restore|rollback)\b(?!.*--(?:yes|help))/g, '$& --yes');
  }

  async #env(): Promise<NodeJS.ProcessEnv> {
    const { HOME, TMPDIR, LANG, NODE_COMPILE_CACHE, PATH = '' } = process.env;
    return {
      HOME,
      TMPDIR,
      LANG,
      NODE_COMPILE_CACHE,
      PATH: `${join(this.#folder, 'bin')}:${PATH}`,
      CURL_HOME: this.#folder,
      // Whatever happens to this process, none of what it has started stays.
      NODE_OPTIONS: `--import ${join(root, 'packages/devkit/src/processes/end-with-parent.ts')}`,
      ...this.#project.env,
      PORT: String(this.#port),
      ID: await this.#newestRun(),
    };
  }

  async #newestRun(): Promise<string> {
    const page = await this.#api.migrations().catch(() => undefined);
    return page?.migrations.find(({ dryRun }) => !dryRun)?.migrationId ?? 'migration-20261122T110108160Z';
  }

  /** A variable that the programs read: this environment has its own. */
  #isSetting(definition: string): boolean {
    const [, name] = /^export (\w+)=/.exec(definition) ?? [];
    return name !== undefined && readText('.env.example').includes(`\n#${name}=`);
  }
}

/** With all that it has started. */
function end(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
}

/**
 * `npx --yes pnpm@… SCRIPT` and `pnpm SCRIPT` run what package.json has, but in a folder of their own: a `.env` of the
 * workspace may point to somebody's real data. curl fails where the answer is an error.
 */
async function writeTools(folder: string): Promise<void> {
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
  const [, version] = /^readonly pnpm_version=(.*)$/m.exec(readText('.ci/run')) ?? [];
  const cases = Object.entries(scripts).map(([name, script]) => {
    const inRoot = script.replaceAll(/ (?:\.\/)?((?:tools|apps|packages)\/)/g, ` ${root}/$1`);
    return `'${name}') exec ${inRoot.replace(/^node /, `'${process.execPath}' `)} "$@" ;;`;
  });
  const pnpm = `script=$1; shift\ncase $script in\n${cases.join('\n')}\n*) echo "no script $script" >&2; exit 1 ;;\nesac`;
  const tools = {
    pnpm,
    npx: `[[ $1 == --yes && $2 == pnpm@${version} ]] || { echo "not npx --yes pnpm@${version}" >&2; exit 1; }\nshift 2\n${pnpm}`,
    'journal-migrate': `exec '${process.execPath}' ${root}/apps/cli/src/main.ts "$@"`,
  };
  await mkdir(join(folder, 'bin'));
  for (const [name, text] of Object.entries(tools)) {
    const file = join(folder, 'bin', name);
    await writeFile(file, `#!/usr/bin/env bash\n${text}\n`);
    await chmod(file, 0o755);
  }
  await writeFile(join(folder, '.curlrc'), 'fail-with-body\nsilent\nshow-error\n');
}
