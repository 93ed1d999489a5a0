import { Program, type ProgramOptions } from '@migrator/devkit';
import type { Usage } from './report-usage.ts';

export interface ProcessOptions extends ProgramOptions {
  readonly name: string;
  /** A folder for its CPU profile, written when it ends. */
  readonly profileFolder?: string | undefined;
}

const reporter = new URL('./report-usage.ts', import.meta.url);
const answerLimitMs = 300_000;

/** A program that replies to messages, also with its usage. */
export class MeasuredProcess extends Program {
  constructor({ profileFolder, nodeFlags = [], ...options }: ProcessOptions) {
    const profiling =
      profileFolder === undefined
        ? []
        : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`, `--cpu-prof-name=${options.name}.cpuprofile`];
    super({ ...options, nodeFlags: [...nodeFlags, '--import', reporter.href, ...profiling], ipc: true });
  }

  /** The first message with this property. */
  message<T>(property: string): Promise<T> {
    return this.waitFor<T>((found) => {
      const listener = (message: unknown): void => {
        if (typeof message === 'object' && message !== null && property in message) {
          found((message as Record<string, T>)[property]!);
        }
      };
      this.child?.on('message', listener);
      return () => this.child?.off('message', listener);
    }, answerLimitMs);
  }

  /** Sends a message and waits for the reply: the first message with the property `answer`. */
  async request<T>(question: object, answer: string): Promise<T> {
    const reply = this.message<T>(answer);
    this.child?.send(question);
    return await reply;
  }

  usage(): Promise<Usage> {
    return this.request<Usage>({ usageAsked: true }, 'usage');
  }
}
