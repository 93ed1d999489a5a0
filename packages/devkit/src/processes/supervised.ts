import { ProgramError, startProgram } from './program.ts';

export interface SupervisedOptions {
  /** Its name in messages. */
  readonly name: string;
  readonly command: readonly string[];
  /** Flags of `supervise.ts`: when it is ready, how it is ended. */
  readonly flags: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Called at an unexpected end. */
  readonly onUnexpectedEnd: (error: ProgramError) => void;
}

/** A program other than Node, under a supervisor that ends it with this process, also if this one is killed. */
export interface Supervised {
  /** Of the program itself; another one after `restart()`. */
  readonly pid: number;
  /** Stops it gracefully if it runs, and starts it with the same command line. Resolves when it is ready. */
  restart(): Promise<void>;
  /** Kills the program, which stays down until `restart()`. */
  kill(): Promise<void>;
  readonly stop: () => Promise<void>;
}

const event = /^\[supervisor\] (?<what>ready|ended|killed)(?: (?<detail>.*))?$/;

/** Resolves when the program is ready. */
export async function startSupervised(options: SupervisedOptions): Promise<Supervised> {
  const { name, command, flags, env, onUnexpectedEnd } = options;
  let pid: number | undefined;
  let isUp = false;
  const endedError = (how = ''): ProgramError =>
    new ProgramError(`${name} ended by itself (${how}).`, supervisor.lastLines);
  const supervisor = startProgram({
    name,
    main: new URL('./supervise.ts', import.meta.url),
    args: [...flags, '--', ...command],
    env,
    onUnexpectedEnd,
    onLine(line) {
      const { what, detail } = event.exec(line)?.groups ?? {};
      if (what !== 'ended' || !isUp) return;
      isUp = false;
      onUnexpectedEnd(endedError(detail));
    },
  });
  const untilReady = async (): Promise<void> => {
    const { what, detail } = await supervisor.read((line) => {
      const groups = event.exec(line)?.groups;
      return groups?.['what'] === 'killed' ? undefined : groups;
    });
    if (what === 'ended') throw endedError(detail);
    pid = Number(detail);
    isUp = true;
  };
  // Nothing else ends the program of a supervisor that was killed.
  void supervisor.ended.then((how) => how === 0 || pid === undefined || killIfRunning(pid));
  try {
    await untilReady();
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  return {
    get pid() {
      return pid ?? -1;
    },
    async restart() {
      isUp = false;
      const ready = untilReady();
      supervisor.send('restart');
      await ready;
    },
    async kill() {
      isUp = false;
      const killed = supervisor.line(/^\[supervisor\] killed$/);
      supervisor.send('kill');
      await killed;
    },
    stop: () => supervisor.stop(),
  };
}

function killIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already, as it should.
  }
}
