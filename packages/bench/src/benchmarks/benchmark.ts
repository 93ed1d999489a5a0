import type { Sample } from '../figures.ts';
import type { Fakes } from '../processes/fakes.ts';

/** One of several that are measured in turns, so that other load of the machine affects all alike. */
export interface Benchmark {
  readonly name: string;
  /** Throws `Unavailable` if this machine lacks something for it. */
  open(setting: Setting): Promise<OpenBenchmark>;
}

export class Unavailable extends Error {}

export interface Setting {
  readonly fakes: Fakes;
  readonly profileFolder: string | undefined;
}

export interface OpenBenchmark {
  /** Runs once, unmeasured, because a program that runs for hours is not judged by its first second. `measure` by default. */
  readonly warmUp?: () => Promise<void>;
  readonly measure: () => Promise<Sample>;
  close(): Promise<void>;
}
