import type { ItemJson } from '@migrator/core';
import { type JsonCutter, type Split, splitResponse } from './json-cutter.ts';

/** A response to Scan, with its items in their order. Undefined if it is no JSON. */
export function splitScanResponse(answer: Uint8Array): Split<ItemJson[]> | undefined {
  return splitResponse(answer, items);
}

const items = {
  name: 'Items',
  cut(cutter: JsonCutter): ItemJson[] {
    const found: ItemJson[] = [];
    cutter.list(() => {
      const from = cutter.at;
      cutter.pass();
      found.push(cutter.bytes.subarray(from, cutter.at));
    });
    return found;
  },
  parse(found: readonly unknown[] = []): ItemJson[] {
    return found.map((item) => Buffer.from(JSON.stringify(item)));
  },
};
