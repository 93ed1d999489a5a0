import { element } from './dom.js';
import { amount } from './words.js';

const width = 600;
const height = 90;
/** Five minutes of seconds. */
const kept = 300;
const namespace = 'http://www.w3.org/2000/svg';

/**
 * Entries a second of the last minutes, as a line.
 * @param {HTMLElement} place
 * @returns {{ add: (operationId: string, perSecond: number) => void }}
 */
export function rateChart(place) {
  /** @type {number[]} */
  let values = [];
  let shownFor = '';
  const area = svg('path', { class: 'area' });
  const line = svg('path', { class: 'line' });
  const drawing = svg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img' });
  drawing.append(area, line);
  const caption = element('figcaption', { class: 'quiet' });
  const figure = element('figure', {}, caption);
  figure.append(drawing);
  place.append(figure);
  place.hidden = true;

  return {
    add(operationId, perSecond) {
      if (operationId !== shownFor) values = [];
      shownFor = operationId;
      values = [...values, perSecond].slice(-kept);
      const most = Math.max(...values);
      place.hidden = values.length < 3 || most === 0;
      const step = width / Math.max(1, values.length - 1);
      const points = values.map(
        (value, at) =>
          `${(at * step).toFixed(1)} ${(height - 2 - (value / (most || 1)) * (height - 6)).toFixed(1)}`,
      );
      line.setAttribute('d', `M${points.join('L')}`);
      area.setAttribute('d', `M0 ${height}L${points.join('L')}L${width} ${height}Z`);
      const says = `Entries a second, last ${values.length} s; most: ${amount(most)}`;
      caption.textContent = says;
      drawing.setAttribute('aria-label', `${says}; now: ${amount(perSecond)}`);
    },
  };
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 */
function svg(tag, attributes) {
  const made = document.createElementNS(namespace, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
