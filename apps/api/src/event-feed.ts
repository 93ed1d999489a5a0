import type { ApiContext } from './api-context.ts';
import { readStatus } from './read-status.ts';

export interface FeedEvent {
  /** Increases. A reader that reconnects with it misses no change of state. */
  readonly id: string;
  readonly name: 'progress' | 'state';
  readonly data: unknown;
}

type Listener = (event: FeedEvent) => void;

const everyMs = 1_000;
const remembered = 500;

/**
 * The status as events: `state` at each change, `progress` about once a second while something runs. Polls the status
 * only while there are listeners, once for all of this process.
 */
export class EventFeed {
  readonly #context: ApiContext;
  readonly #listeners = new Set<Listener>();
  readonly #states: FeedEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> | undefined;
  #sequence = 0;
  #lastState: string | undefined;

  constructor(context: ApiContext) {
    this.#context = context;
  }

  /**
   * Calls the listener with the events since `lastId` (without one: the current state), then with all new ones.
   * Returns a function that stops that.
   */
  async listen(lastId: string | undefined, listener: Listener): Promise<() => void> {
    await this.#poll();
    const known = this.#states.findIndex(({ id }) => id === lastId);
    const missed = known === -1 ? this.#states.slice(-1) : this.#states.slice(known + 1);
    for (const event of missed) listener(event);
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => void this.#poll().catch(() => undefined), everyMs);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** One poll at a time, so that a late result can't emit an old state. */
  #poll(): Promise<void> {
    this.#polling ??= this.#pollOnce().finally(() => {
      this.#polling = undefined;
    });
    return this.#polling;
  }

  async #pollOnce(): Promise<void> {
    const status = await readStatus(this.#context);
    const { currentStatus, ...last } = status;
    const { state, operationId, notice, source, target, maxWriteUnitsPerSecond } = currentStatus;
    // Everything except the fields of `progress`, so that a reader gets all that `/status` has.
    const now = JSON.stringify([state, operationId, notice, source, target, maxWriteUnitsPerSecond, last]);
    if (now !== this.#lastState) {
      this.#lastState = now;
      const event = this.#event('state', status);
      this.#states.push(event);
      if (this.#states.length > remembered) this.#states.shift();
      this.#emit(event);
    }
    if (state !== 'idle') this.#emit(this.#event('progress', currentStatus));
  }

  #event(name: FeedEvent['name'], data: unknown): FeedEvent {
    this.#sequence += 1;
    return { id: `${this.#started}-${this.#sequence}`, name, data };
  }

  // Unique for the process, so that another one, or this one after a restart, does not accept its ids.
  readonly #started = `${process.pid.toString(36)}${Date.now().toString(36)}`;

  #emit(event: FeedEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
