import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';

import { progressDisplay } from './progress-display.ts';
import type { Step } from './progress-step.ts';

const step: Step = {
  label: 'Migrating',
  counted: 'entries',
  processed: 0,
  total: 2000,
  perSecond: null,
  etaSeconds: null,
  problem: null,
};

it('writes few plain lines where no terminal is', () => {
  const stream = new PassThrough({ encoding: 'utf8' });
  const display = progressDisplay(stream);
  display.show({ ...step, processed: 500, perSecond: 1234.4, etaSeconds: 7_500 });
  display.show({ ...step, processed: 900 });
  display.show({
    ...step,
    label: 'Verifying',
    processed: 10,
    total: null,
    failed: '3 failed',
    problem: 'DynamoDB is away',
  });
  display.finish();
  display.finish();
  expect(stream.read()).toBe(
    [
      'Migrating: 25 %, 500 of 2,000 entries, 1,234 a second, 2 h 5 min left',
      'Migrating: 100 %, 2,000 of 2,000 entries',
      'Verifying: 10 entries, 3 failed, DynamoDB is away',
      'Verifying: 100 %, 10 of 10 entries, 3 failed',
      '',
    ].join('\n'),
  );
});

it('shows what matters first where a terminal is, which cuts off the rest', () => {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, columns: 80 });
  const display = progressDisplay(stream);
  display.show({ ...step, processed: 500, perSecond: 99, etaSeconds: 7_500, failed: '3 failed' });
  display[Symbol.dispose]();
  expect(stripVTControlCharacters(String(stream.read()))).toContain(
    '25 %  2 h 5 min left, 3 failed, 500 of 2,000 entrie',
  );
});

it('leaves a step that was stopped as it is', () => {
  const stream = new PassThrough({ encoding: 'utf8' });
  const display = progressDisplay(stream);
  display.show(step);
  display[Symbol.dispose]();
  display.finish();
  expect(stream.read()).toBe('Migrating: 0 %, 0 of 2,000 entries\n');
});
