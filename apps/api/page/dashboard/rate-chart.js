import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';

import { html } from 'htm/preact';
import { parseHistory, withSample } from './rate-history.js';
import { amount, rate } from './words.js';

/** @import { RateHistory } from './rate-history.js' */

/** One place for each dashboard: several may be below one host. */
const storageKey = `rate of ${location.pathname}`;
const height = 170;

/**
 * Entries a second over the run, also after a reload. Without an operation: those of the last one.
 * @param {{ operation: string | undefined, perSecond: number }} props
 */
export function RateChart({ operation, perSecond }) {
  const [history, setHistory] = useState(() => parseHistory(read()));
  const newest = useRef(perSecond);
  newest.current = perSecond;
  useEffect(() => {
    if (operation === undefined) return;
    const timer = setInterval(
      () => setHistory((now) => withSample(now, operation, Date.now() / 1_000, newest.current)),
      1_000,
    );
    return () => clearInterval(timer);
  }, [operation]);
  useEffect(() => store(history), [history]);
  const isShown = history.samples.length > 2 && (operation === undefined || history.operation === operation);
  return isShown ? html`<${Chart} history=${history} />` : null;
}

/** @param {{ history: RateHistory }} props */
function Chart({ history }) {
  const place = useRef(/** @type {HTMLDivElement | null} */ (null));
  const chart = useRef(/** @type {uPlot | undefined} */ (undefined));
  const data = useRef(/** @type {uPlot.AlignedData} */ ([[], []]));
  data.current = [
    history.samples.map(([seconds]) => seconds),
    history.samples.map(([, perSecond]) => perSecond),
  ];
  useLayoutEffect(() => {
    const { current } = place;
    if (current === null) return;
    const draw = () => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsFor(current), data.current, current);
    };
    // A canvas takes no colours from a style sheet.
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    const resize = new ResizeObserver(() => chart.current?.setSize({ width: current.clientWidth, height }));
    draw();
    resize.observe(current);
    return () => {
      scheme.removeEventListener('change', draw);
      resize.disconnect();
      chart.current?.destroy();
    };
  }, []);
  useEffect(() => chart.current?.setData(data.current), [history]);
  const values = history.samples.map(([, value]) => value);
  const things = history.operation.startsWith('rollback-') ? 'item' : 'entry';
  const label = `At most ${rate(Math.max(...values), things)}, now ${values.at(-1) ?? 0}.`;
  return html`<section aria-labelledby="rate">
    <div class="line">
      <h2 id="rate">${things === 'item' ? 'Items' : 'Entries'} a second</h2>
      <p class="quiet">${history.operation}</p>
    </div>
    <div ref=${place} class="chart" role="img" aria-label=${label}></div>
  </section>`;
}

/**
 * @param {HTMLElement} place
 * @returns {uPlot.Options}
 */
function optionsFor(place) {
  const style = getComputedStyle(place);
  const { color } = style;
  const grid = { stroke: style.getPropertyValue('border-bottom-color'), width: 1 };
  const line = style.getPropertyValue('outline-color');
  const axis = { stroke: color, grid, ticks: grid, font: '12px system-ui' };
  return {
    width: place.clientWidth,
    height,
    padding: [8, 32, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
    axes: [
      { ...axis, size: 32, space: 90, incrs: steps, values: (_, splits) => splits.map(timeOf) },
      {
        ...axis,
        size: 62,
        values: (_, splits) => splits.map((value) => (value < 10 ? String(value) : amount(value))),
      },
    ],
    series: [
      {},
      {
        stroke: line,
        width: 2,
        fill: line.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.15)'),
        points: { show: false },
      },
    ],
  };
}

/** Seconds between the marks of the time axis. */
const steps = [1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** @param {number} seconds */
function timeOf(seconds) {
  return clock.format(seconds * 1_000);
}

/** Storage may be closed to a page, or full. */
function read() {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

/** @param {RateHistory} history */
function store(history) {
  try {
    localStorage.setItem(storageKey, JSON.stringify(history));
  } catch {
    // The chart then begins with this page.
  }
}
