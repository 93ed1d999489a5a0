import type { ApiContext } from './api-context.ts';
import { readStatus } from './read-status.ts';

export interface FeedEvent {
  /** Grows; a reader that comes back with it misses no change of state. */
  readonly id: string;
  readonly name: 'progress' | 'state';
  readonly data: unknown;
}

type Listener = (event: FeedEvent) => void;

const everyMs = 1_000;
const remembered = 500;

/**
 * What goes on, as events: `state` at each change, `progress` about once a second while something runs. It reads the
 * status only while there are listeners, once for all of this process.
 */
export class EventFeed {
  readonly #context: ApiContext;
  readonly #listeners = new Set<Listener>();
  readonly #states: FeedEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #sequence = 0;
  #lastState: string | undefined;

  constructor(context: ApiContext) {
    this.#context = context;
  }

  /** Calls back with what was missed since the id (without one: with how things are), then with all that comes. */
  async listen(lastId: string | undefined, listener: Listener): Promise<() => void> {
    await this.#look();
    const known = this.#states.findIndex(({ id }) => id === lastId);
    const missed = known === -1 ? this.#states.slice(-1) : this.#states.slice(known + 1);
    for (const event of missed) listener(event);
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => void this.#look().catch(() => undefined), everyMs);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** One look at a time: an older one that comes home late must not tell of a state that is over. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const status = await readStatus(this.#context);
    const { currentStatus, ...last } = status;
    const { state, operationId, notice, source, target, maxWriteUnitsPerSecond } = currentStatus;
    // All but what `progress` tells: a reader must not know less than `/status` says.
    const now = JSON.stringify([state, operationId, notice, source, target, maxWriteUnitsPerSecond, last]);
    if (now !== this.#lastState) {
      this.#lastState = now;
      const event = this.#event('state', status);
      this.#states.push(event);
      if (this.#states.length > remembered) this.#states.shift();
      this.#tell(event);
    }
    if (state !== 'idle') this.#tell(this.#event('progress', currentStatus));
  }

  #event(name: FeedEvent['name'], data: unknown): FeedEvent {
    this.#sequence += 1;
    return { id: `${this.#started}-${this.#sequence}`, name, data };
  }

  // Another process, or this one after a restart, must not take an id for its own.
  readonly #started = `${process.pid.toString(36)}${Date.now().toString(36)}`;

  #tell(event: FeedEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
