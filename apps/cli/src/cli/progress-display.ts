import cliProgress from 'cli-progress';

import { amount, duration, rate } from '../amount.ts';
import type { Step } from './progress-step.ts';

/** Dispose it to end the display in its current state. */
export interface ProgressDisplay extends Disposable {
  show(step: Step): void;
  /** Shows the current step as complete. */
  finish(): void;
}

type Screen = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Shows a bar for each step in a terminal, and a line now and then elsewhere. */
export function progressDisplay(stream: Screen): ProgressDisplay {
  return stream.isTTY === true ? bars(stream) : lines(stream);
}

/** The number of columns with room for a long bar. */
const wide = 110;

function bars(stream: Screen): ProgressDisplay {
  let bar: cliProgress.SingleBar | undefined;
  let shown: Step | undefined;

  const draw = (step: Step): void => {
    bar?.setTotal(Math.max(step.total ?? 0, step.processed, 1));
    bar?.update(step.processed, payloadOf(step));
  };
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
    shown = undefined;
  };
  const finish = (): void => {
    if (shown !== undefined) draw(finished(shown));
    stop();
  };
  return {
    show(step) {
      if (shown?.label !== step.label) finish();
      if (bar === undefined) {
        bar = new cliProgress.SingleBar(
          {
            stream,
            format: '  {label} {bar} {percentage} %  {words}',
            hideCursor: true,
            gracefulExit: false,
            barsize: (stream.columns ?? wide) < wide ? 10 : 24,
          },
          cliProgress.Presets.shades_classic,
        );
        bar.start(1, 0, payloadOf(step));
      }
      shown = step;
      draw(step);
    },
    finish,
    [Symbol.dispose]: stop,
  };
}

/** What matters most comes first: a terminal cuts off the rest. */
function payloadOf(step: Step): { label: string; words: string } {
  return {
    label: step.label.padEnd(10),
    words: wordsOf(step, ['problem', 'left', 'failed', 'count', 'rate']),
  };
}

const lineIntervalMs = 2000;

function lines(stream: NodeJS.WritableStream): ProgressDisplay {
  let shown: Step | undefined;
  let written: { label: string; at: number } | undefined;

  const finish = (): void => {
    if (shown === undefined) return;
    stream.write(lineOf(finished(shown)));
    shown = undefined;
  };
  return {
    show(step) {
      if (shown?.label !== step.label) finish();
      shown = step;
      if (written?.label === step.label && performance.now() - written.at < lineIntervalMs) return;
      written = { label: step.label, at: performance.now() };
      stream.write(lineOf(step));
    },
    finish,
    [Symbol.dispose]() {
      shown = undefined;
    },
  };
}

function lineOf(step: Step): string {
  const percent =
    step.total === null ? '' : ` ${Math.floor((100 * step.processed) / Math.max(step.total, 1))} %,`;
  return `${step.label}:${percent} ${wordsOf(step, ['count', 'rate', 'left', 'failed', 'problem'])}\n`;
}

function finished(step: Step): Step {
  const total = step.total ?? step.processed;
  return { ...step, processed: total, total, perSecond: null, etaSeconds: null, problem: null };
}

type Part = 'count' | 'rate' | 'left' | 'failed' | 'problem';

function wordsOf(step: Step, order: readonly Part[]): string {
  const { counted, processed, total, perSecond, etaSeconds, failed, problem } = step;
  const parts: Readonly<Record<Part, string | null | undefined>> = {
    count: `${amount(processed)}${total === null ? '' : ` of ${amount(total)}`} ${counted}`,
    rate: perSecond === null ? null : rate(perSecond),
    left: etaSeconds === null ? null : `${duration(etaSeconds)} left`,
    failed,
    problem,
  };
  return order.flatMap((part) => parts[part] ?? []).join(', ');
}
