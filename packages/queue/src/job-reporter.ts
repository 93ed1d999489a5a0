import type { Job } from 'bullmq';

const everyMs = 1_000;

/**
 * Writes a job's progress and log lines for Bull Board, progress at most once a second. Nothing waits for the writes,
 * not even the job's end: the command that ends an attempt uses the same connection, so Redis executes it after them.
 */
export class JobReporter {
  readonly #job: Job;
  #lastProgress = Date.now();
  #entries = 0;

  constructor(job: Job) {
    this.#job = job;
  }

  progress(entries: number): void {
    this.#entries = entries;
    const now = Date.now();
    if (now - this.#lastProgress < everyMs) return;
    this.#lastProgress = now;
    this.#send(this.#job.updateProgress({ entries }));
  }

  event(line: string): void {
    this.#send(this.#job.log(line));
  }

  /** The last progress and log line. `percent`: 100 for a completed job, so that Bull Board shows a full ring. */
  finish(line: string, percent?: number): void {
    this.#send(this.#job.updateProgress({ entries: this.#entries, progress: percent }));
    this.event(line);
  }

  /** A failed report (the job was removed, for example) does not fail the job. */
  #send(sending: Promise<unknown>): void {
    sending.catch(() => undefined);
  }
}
