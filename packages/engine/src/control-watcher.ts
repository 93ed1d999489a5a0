import type { Ledger } from '@migrator/core';

interface Watch {
  readonly controller: AbortController;
  readonly timer: NodeJS.Timeout;
  users: number;
}

/**
 * Tells the units of one process that their operation is paused or cancelled, so that a page that takes long does not
 * make a person wait. One small read every so often, however many units run.
 */
export class ControlWatcher {
  readonly #ledger: Ledger;
  readonly #everyMs: number;
  readonly #watches = new Map<string, Watch>();

  constructor(ledger: Ledger, everyMs = 500) {
    this.#ledger = ledger;
    this.#everyMs = everyMs;
  }

  /** Runs the work with a signal that aborts as soon as the operation is to stop. */
  async during<T>(operationId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const watch = this.#watches.get(operationId) ?? this.#begin(operationId);
    watch.users += 1;
    try {
      return await work(watch.controller.signal);
    } finally {
      watch.users -= 1;
      if (watch.users === 0) this.#end(operationId, watch);
    }
  }

  #begin(operationId: string): Watch {
    const controller = new AbortController();
    const watch: Watch = {
      controller,
      timer: setInterval(() => void this.#look(operationId, watch), this.#everyMs),
      users: 0,
    };
    this.#watches.set(operationId, watch);
    return watch;
  }

  async #look(operationId: string, watch: Watch): Promise<void> {
    try {
      const operation = await this.#ledger.get(operationId);
      const parent = operation?.parent === undefined ? undefined : await this.#ledger.get(operation.parent);
      const control = (parent ?? operation)?.control ?? 'cancel';
      if (control === 'run' && operation?.state === 'running') return;
      // The next unit, after a resume, begins with a signal of its own.
      this.#end(operationId, watch);
      watch.controller.abort();
    } catch {
      // The ledger is out of reach for a moment; the commit of the page will say so if it stays away.
    }
  }

  #end(operationId: string, watch: Watch): void {
    clearInterval(watch.timer);
    if (this.#watches.get(operationId) === watch) this.#watches.delete(operationId);
  }
}
