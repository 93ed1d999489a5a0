import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

interface ProcessInfo {
  parent: number;
  command: string;
}

const INTERVAL_MS = 1000;

/**
 * Calls back once when the `pnpm` or `npx` that runs this process has ended. A signal to `npx` ends only `npx`, so
 * without this its child would keep running. Does nothing for a process that was started otherwise.
 */
export async function watchRunner(env: NodeJS.ProcessEnv, onEnd: () => void): Promise<void> {
  if (env['npm_lifecycle_event'] === undefined) return;
  const runner = await runnerChain();
  let checking = false;
  const check = async (): Promise<void> => {
    if (checking) return;
    checking = true;
    const unbroken = await isUnbroken(runner);
    checking = false;
    if (unbroken) return;
    clearInterval(timer);
    onEnd();
  };
  const timer = setInterval(() => void check(), INTERVAL_MS);
  timer.unref();
}

/** The processes from this one up to the topmost package manager above it. */
async function runnerChain(): Promise<number[]> {
  const chain = [process.pid];
  let length = 1;
  for (let pid = process.ppid; pid > 1;) {
    const info = await inspect(pid);
    if (info === undefined) break;
    const isManager = /\b(npm|npx|pnpm|corepack)\b/.test(info.command);
    const isShell = /^(\S*\/)?(sh|bash|dash|zsh) -c\b/.test(info.command);
    if (!isManager && !isShell) break;
    chain.push(pid);
    // Stop at the user's shell above the topmost package manager: its jobs may outlive it.
    if (isManager && !isShell) length = chain.length;
    pid = info.parent;
  }
  return chain.slice(0, length);
}

async function isUnbroken(chain: readonly number[]): Promise<boolean> {
  for (const [index, parent] of chain.slice(1).entries()) {
    const info = await inspect(chain[index] ?? -1);
    if (info?.parent !== parent) return false;
  }
  return true;
}

async function inspect(pid: number): Promise<ProcessInfo | undefined> {
  try {
    if (process.platform === 'linux') {
      // Not `ps`: slim images have none. The command's name in parentheses may hold spaces and parentheses.
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      const [, parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return { parent: Number(parent), command: command.replaceAll('\0', ' ') };
    }
    const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=,command=', '-p', String(pid)]);
    const [, parent = '', command = ''] = /^(\d+) +(.*)/.exec(stdout.trimStart()) ?? [];
    return { parent: Number(parent), command };
  } catch {
    return undefined;
  }
}
