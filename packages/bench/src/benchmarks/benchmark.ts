import type { Sample } from '../figures.ts';
import type { Fakes } from '../processes/fakes.ts';

/** One of several that are measured in turns, so that whatever else the machine does meets all of them alike. */
export interface Benchmark {
  readonly name: string;
  open(setting: Setting): Promise<OpenContestant>;
}

export interface Setting {
  readonly fakes: Fakes;
  readonly profileFolder: string | undefined;
}

export interface OpenContestant {
  /** Unmeasured: what runs for hours is not to be judged by its first second. */
  warmUp(): Promise<void>;
  measure(): Promise<Sample>;
  close(): Promise<void>;
}
