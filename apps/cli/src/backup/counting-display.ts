import type { Session } from '../cli/run-command.ts';
import { progressDisplay } from '../cli/progress-display.ts';

export interface CountingDisplay {
  /** `total`: entries in all, where that is known. */
  begin(total?: number): void;
  readonly show: (progress: { readonly entries: number }) => void;
  /** Why it does not get on, until the next progress. */
  problem(says: string): void;
  finish(): void;
  stop(): void;
}

/** Shows how many entries a step has gone through, and how fast. */
export function countingDisplay({ screen }: Session, label: string): CountingDisplay {
  const display = progressDisplay(screen);
  let total: number | null = null;
  let startedAt = performance.now();
  let first: number | undefined;
  let shown = 0;

  const draw = (entries: number, problem: string | null): void => {
    // What a resumed backup finds has cost no time.
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
