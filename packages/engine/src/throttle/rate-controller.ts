import { randomUUID } from 'node:crypto';

import { type ErrorCode, isRedisCode, MigrationError } from '@migrator/core';

import { Budget } from './budget.ts';
import type { PaceReport } from '../api/status.ts';
import { paceReport } from './pace-report.ts';
import { Gauge } from './gauge.ts';
import type { AdaptiveConcurrencyLimit } from './adaptive-concurrency-limit.ts';
import type { RateSample, SharedRateLimit } from './shared-rate-limit.ts';

export interface RateControllerOptions {
  readonly store: SharedRateLimit;
  /** The limit that throttling reduces; its slots are held by the callers of `write`. */
  readonly writeLimit: AdaptiveConcurrencyLimit;
  /** The configured limit of all processes together, unless an operator has set another one; absent: none. */
  readonly maxWriteUnitsPerSecond?: number;
  /** Ramp up reads: 500 a second, half as much again every five minutes, as Firestore recommends for a cold range. */
  readonly rampReads?: boolean;
}

/** How often an active process reads the maximum and publishes its sample. */
const everyMs = 1_000;
/** The weight of a second relative to the next one. */
const decay = 0.5;
const idleRounds = 5;

/** Sums over the last seconds, decayed. */
interface Recent {
  units: number;
  writeMs: number;
  budgetMs: number;
  throttledMs: number;
  sourceWaitMs: number;
  periodMs: number;
}

const ramp = { perSecond: 500, factor: 1.5, stepMs: 5 * 60_000 };

/** Throttles the reads and writes of this process to the shared budgets, and measures its rate and what limits it. */
export class RateController {
  readonly #store: SharedRateLimit;
  readonly #options: RateControllerOptions;
  readonly #name = randomUUID();
  readonly #writes: Budget;
  readonly #reads: Budget;

  readonly #present = new Gauge();
  readonly #waitingForBudget = new Gauge();
  readonly #reading = new Gauge();
  readonly #waitingForSource = new Gauge();
  #backoffMs = 0;
  #units = 0;
  readonly #recent: Recent = {
    units: 0,
    writeMs: 0,
    budgetMs: 0,
    throttledMs: 0,
    sourceWaitMs: 0,
    periodMs: 0,
  };

  #maximum: number | undefined;
  #known: Promise<void> | undefined;
  #isKnown = false;
  #timer: NodeJS.Timeout | undefined;
  #lastRound = 0;
  #quietRounds = 0;

  constructor(options: RateControllerOptions) {
    const { store } = options;
    this.#store = store;
    this.#options = options;
    this.#writes = new Budget((units, perSecond) => store.take('writes', units, perSecond));
    this.#reads = new Budget((units, perSecond) => store.take('reads', units, perSecond));
  }

  /** Runs a write, in a slot that the caller holds, when the budget allows it. `estimate`: its write units. */
  async write<T extends { readonly writeUnits: number }>(
    estimate: number,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    if (!this.#isKnown) await this.#begin();
    this.#present.value += 1;
    this.#noteSourceWait();
    try {
      if (!this.#writes.tryTake(estimate)) await this.#waitForBudget(estimate, signal);
      const result = await work();
      this.#units += result.writeUnits;
      this.#writes.settle(estimate, result.writeUnits);
      return result;
    } finally {
      this.#options.writeLimit.completed();
      this.#present.value -= 1;
      this.#noteSourceWait();
    }
  }

  /**
   * Runs a read of about `estimate` documents when the budget allows it. `used`: the number in a result; `estimate`
   * by default.
   */
  async read<T>(
    estimate: number,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
    used: (result: T) => number = () => estimate,
  ): Promise<T> {
    this.#reading.value += 1;
    this.#noteSourceWait();
    try {
      if (!this.#isKnown) await this.#begin();
      if (!this.#reads.tryTake(estimate)) await this.#reads.take(estimate, signal);
      const result = await work();
      this.#reads.settle(estimate, used(result));
      return result;
    } finally {
      this.#reading.value -= 1;
      this.#noteSourceWait();
    }
  }

  /** Pass it as the `OnRetry` of the adapters. */
  readonly retried = (event: { readonly code: ErrorCode; readonly delayMs: number }): void => {
    if (event.code !== 'THROTTLED') return;
    this.#options.writeLimit.throttled();
    this.#backoffMs += event.delayMs;
  };

  /** The write rate of all processes, and what limits it. */
  async report(): Promise<PaceReport> {
    const [samples, set] = await Promise.all([this.#store.samples(), this.#store.maximum()]);
    const own = this.#options.maxWriteUnitsPerSecond ?? null;
    return paceReport(samples, set === undefined ? (samples[0]?.maximum ?? own) : set);
  }

  /**
   * Sets the write units a second of all processes, overriding the configuration; null: no limit. With `operationId`
   * it ends with that operation.
   */
  async setMaximum(maximum: number | null, operationId?: string): Promise<void> {
    await this.#store.setMaximum(maximum, operationId);
    await this.#learn();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #waitForBudget(estimate: number, signal: AbortSignal | undefined): Promise<void> {
    this.#waitingForBudget.value += 1;
    try {
      await this.#writes.take(estimate, signal);
    } finally {
      this.#waitingForBudget.value -= 1;
    }
  }

  #noteSourceWait(): void {
    const waits = this.#reading.value > 0 && this.#present.value === 0 ? 1 : 0;
    if (waits !== this.#waitingForSource.value) this.#waitingForSource.value = waits;
  }

  /** Nothing is sent before the maximum is known, so that a new process does not exceed it. */
  async #begin(): Promise<void> {
    this.#known ??= this.#learn().finally(() => {
      this.#known = undefined;
    });
    await this.#known.catch((cause: unknown) => {
      if (isRedisCode(MigrationError.codeOf(cause))) throw cause;
      throw new MigrationError('REDIS_UNAVAILABLE', `the rate limit can not be read (${String(cause)})`, {
        cause,
      });
    });
    this.#isKnown = true;
    if (this.#timer !== undefined) return;
    this.#lastRound = performance.now();
    this.#quietRounds = 0;
    this.#timer = setInterval(() => void this.#round(), everyMs).unref();
  }

  async #learn(): Promise<void> {
    const set = await this.#store.maximum();
    this.#maximum = set === undefined ? this.#options.maxWriteUnitsPerSecond : (set ?? undefined);
    this.#writes.perSecond = this.#maximum;
    if (this.#options.rampReads !== true) return;
    const steps = Math.floor((await this.#store.rampAge()) / ramp.stepMs);
    this.#reads.perSecond = Math.round(ramp.perSecond * ramp.factor ** steps);
  }

  async #round(): Promise<void> {
    const isQuiet = this.#present.value === 0 && this.#reading.value === 0 && this.#units === 0;
    this.#quietRounds = isQuiet ? this.#quietRounds + 1 : 0;
    this.#account();
    try {
      await this.#learn();
      await this.#store.publish(this.#name, this.#sample());
    } catch {
      // The store can't be reached: the last known maximum stays in force, and writes that need a share of it wait.
    }
    if (this.#quietRounds < idleRounds) return;
    this.close();
    this.#isKnown = false;
  }

  #account(): void {
    const now = performance.now();
    const heldBackMs = this.#options.writeLimit.heldBack.drain();
    const add = (name: keyof Recent, amount: number): void => {
      this.#recent[name] = this.#recent[name] * decay + amount;
    };
    add('units', this.#units);
    add('writeMs', this.#present.drain() + heldBackMs);
    add('budgetMs', this.#waitingForBudget.drain());
    add('throttledMs', heldBackMs + this.#backoffMs);
    add('sourceWaitMs', this.#waitingForSource.drain());
    add('periodMs', now - this.#lastRound);
    this.#lastRound = now;
    this.#units = 0;
    this.#backoffMs = 0;
  }

  #sample(): RateSample {
    const { units, ...times } = this.#recent;
    const perSecond = times.periodMs === 0 ? 0 : (units * 1_000) / times.periodMs;
    const maximum = this.#options.maxWriteUnitsPerSecond ?? null;
    return { ...times, writeUnitsPerSecond: perSecond, maximum };
  }
}
