import type { Session } from '../cli/run-command.ts';
import { progressDisplay } from '../cli/progress-display.ts';

/** Dispose it to end the display in its current state. */
export interface CountingDisplay extends Disposable {
  /** `total`: the number of entries, if known. */
  begin(total?: number): void;
  readonly show: (progress: { readonly entries: number }) => void;
  /** Shows why there is no progress, until there is some. */
  problem(message: string): void;
  finish(): void;
}

/** Shows how many entries a step has processed, and how fast. */
export function countingDisplay({ screen }: Session, label: string): CountingDisplay {
  const display = progressDisplay(screen);
  let total: number | null = null;
  let startedAt = performance.now();
  let first: number | undefined;
  let shown = 0;

  const draw = (entries: number, problem: string | null): void => {
    // Entries that a resumed backup has already do not count for the rate.
    first ??= entries;
    shown = entries;
    const perSecond = ((entries - first) * 1_000) / (performance.now() - startedAt) || null;
    const etaSeconds =
      total === null || perSecond === null ? null : Math.ceil(Math.max(0, total - entries) / perSecond);
    display.show({ label, counted: 'entries', processed: entries, total, perSecond, etaSeconds, problem });
  };
  return {
    begin(known) {
      total = known ?? null;
      startedAt = performance.now();
    },
    show: ({ entries }) => draw(entries, null),
    problem: (message) => draw(shown, message),
    finish: () => display.finish(),
    [Symbol.dispose]: () => display[Symbol.dispose](),
  };
}
