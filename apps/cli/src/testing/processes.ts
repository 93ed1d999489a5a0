import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** All that descends from a process, as long as each of them has its parent. */
export function descendantsOf(pid: number): ProcessInfo[] {
  const all = processes();
  const children = (parent: number): ProcessInfo[] =>
    all.filter((info) => info.parent === parent).flatMap((info) => [info, ...children(info.pid)]);
  return children(pid);
}

/** Which of these are still running. A new process that got an old one's id runs something else. */
export function stillRunning(before: readonly ProcessInfo[]): ProcessInfo[] {
  const now = processes();
  return before.filter(({ pid, command }) =>
    now.some((info) => info.pid === pid && info.command === command),
  );
}

/** Without those that have ended but whose parent has not looked yet. */
function processes(): ProcessInfo[] {
  if (process.platform === 'linux') {
    // Not `ps`: slim images have none.
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? fromProc(Number(name)) : []));
  }
  const listed = execFileSync('ps', ['-axo', 'pid=,ppid=,stat=,command='], { encoding: 'utf8' });
  return listed.split('\n').flatMap((line) => {
    const [, pid, parent, state, command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return state === undefined || state.startsWith('Z')
      ? []
      : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

function fromProc(pid: number): ProcessInfo[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    // The command's name in parentheses may hold spaces and parentheses.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? [] : [{ pid, parent: Number(parent), command }];
  } catch {
    return [];
  }
}
