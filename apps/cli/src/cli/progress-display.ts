import cliProgress from 'cli-progress';

import { amount, duration, rate } from '../amount.ts';
import type { Step } from './progress-step.ts';

/** Dispose it to end the display in its current state. */
export interface ProgressDisplay extends Disposable {
  show(step: Step): void;
  /** Shows the current step as complete. */
  finish(): void;
}

/** Shows a bar for each step in a terminal, and a line now and then elsewhere. */
export function progressDisplay(
  stream: NodeJS.WritableStream & { readonly isTTY?: boolean },
): ProgressDisplay {
  return stream.isTTY === true ? bars(stream) : lines(stream);
}

function bars(stream: NodeJS.WritableStream): ProgressDisplay {
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
            barsize: 24,
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

function payloadOf(step: Step): { label: string; words: string } {
  return { label: step.label.padEnd(10), words: wordsOf(step) };
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
  return `${step.label}:${percent} ${wordsOf(step)}\n`;
}

function finished(step: Step): Step {
  const total = step.total ?? step.processed;
  return { ...step, processed: total, total, perSecond: null, etaSeconds: null, problem: null };
}

function wordsOf({ counted, processed, total, perSecond, etaSeconds, failed, problem }: Step): string {
  return [
    total === null
      ? `${amount(processed)} ${counted}`
      : `${amount(processed)} of ${amount(total)} ${counted}`,
    ...(perSecond === null ? [] : [rate(perSecond)]),
    ...(etaSeconds === null ? [] : [`${duration(etaSeconds)} left`]),
    ...(failed === undefined ? [] : [failed]),
    ...(problem === null ? [] : [problem]),
  ].join(', ');
}
