import { useEffect, useRef, useState } from 'preact/hooks';

import { toCsv } from './csv.js';
import { readAllPages } from './hooks.js';
import { html } from 'htm/preact';
import { Problem } from './parts.js';
import { counted } from './words.js';

/**
 * Saves all pages of a list as a file.
 * @template T
 * @param {{ name: string, request: string, itemsOf: (page: any) => readonly T[], head: readonly string[],
 *   row: (item: T) => readonly (string | number)[] }} props
 */
export function ExportCsv({ name, request, itemsOf, head, row }) {
  const [read, setRead] = useState(/** @type {number | undefined} */ (undefined));
  const [problem, setProblem] = useState(/** @type {Error | undefined} */ (undefined));
  const isHere = useRef(true);
  useEffect(
    () => () => {
      isHere.current = false;
    },
    [],
  );
  const save = async () => {
    setProblem(undefined);
    setRead(0);
    try {
      const items = await readAllPages(request, itemsOf, setRead);
      if (isHere.current) saveFile(name, toCsv(head, items.map(row)));
    } catch (error) {
      setProblem(error instanceof Error ? error : new Error(String(error)));
    } finally {
      setRead(undefined);
    }
  };
  return html`<button disabled=${read !== undefined} onClick=${save}>
      ${read === undefined ? 'Export CSV' : `Exporting, ${counted(read, 'row')}…`}
    </button>
    <${Problem} problem=${problem} />`;
}

/**
 * @param {string} name
 * @param {string} text
 */
function saveFile(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
