import type { Session } from '../cli/run-command.ts';
import { progressDisplay } from '../cli/progress-display.ts';

export interface CountingDisplay {
  /** `total`: the number of entries, if known. */
  begin(total?: number): void;
  readonly show: (progress: { readonly entries: number }) => void;
  /** Shows why there is no progress, until there is some. */
  problem(says: string): void;
  finish(): void;
  stop(): void;
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
    problem: (says) => draw(shown, says),
    finish: () => display.finish(),
    stop: () => display.stop(),
  };
}
