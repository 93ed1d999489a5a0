import type { Job } from 'bullmq';

const everyMs = 1_000;

/**
 * Tells Bull Board how a job gets on, without making the work wait for it or drowning Redis in it. The job does not wait at the end
 * either: every attempt ends with a move of the job, which goes over the same connection and is answered after all that was
 * sent before it.
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

  /** The last word: `percent` where the job is through, so that its ring closes. */
  finish(line: string, percent?: number): void {
    this.#send(this.#job.updateProgress({ entries: this.#entries, progress: percent }));
    this.event(line);
  }

  /** That a report fails (the job was removed, say) fails no job. */
  #send(sending: Promise<unknown>): void {
    sending.catch(() => undefined);
  }
}
