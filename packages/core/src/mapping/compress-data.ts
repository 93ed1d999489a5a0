import { gzipSync } from 'node:zlib';
import { elementSize, maxItemBytes } from '../item-size.ts';
import type { EntryRef } from '../ports/source.ts';
import { closeMetadata, openItem, openMetadata } from './item-frame.ts';
import { copyBase64, constant, put } from './json-text.ts';
import type { ItemEncoder } from './item-encoder.ts';
import type { MappingOptions } from './mapped-entry.ts';

const openCompressed = constant(',"compressed":{"B":"');
const closeBinary = constant('"}');
const encoding = constant(',"encoding":{"S":"gzip"}');
const encodingSize = 'encoding'.length + elementSize + 'gzip'.length;
/** The byte of a gzip header that names the operating system. */
const systemByte = 9;
const anySystem = 255;

/**
 * Rewrites the pass's item in its compressed form: `data` keeps userId, date and metadata, so that the conditions of
 * ownership work as on any item, and `compressed` holds the gzip of the DynamoDB JSON of everything else
 * (`metadata.source` included). `fields` and `source` are ranges of the output; each starts with its comma.
 */
export function compressData(
  pass: ItemEncoder,
  ref: EntryRef & { readonly updateTime: string },
  options: MappingOptions,
  fields: { readonly from: number; readonly to: number },
  source: { readonly from: number; readonly to: number },
): void {
  const parts = ['{', pass.bytes.subarray(fields.from + 1, fields.to)];
  if (source.from < source.to) {
    parts.push(',"metadata":{"M":{', pass.bytes.subarray(source.from + 1, source.to), '}}');
  }
  parts.push('}');
  const json = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  const gzip = gzipSync(json);
  // The same entry gives the same bytes on every system.
  gzip[systemByte] = anySystem;

  openItem(pass, ref);
  pass.size += 'compressed'.length + elementSize + gzip.length;
  // Over the limit the item is never sent, and the buffer might be too small for it.
  if (pass.size > maxItemBytes) return;
  put(pass, openCompressed);
  copyBase64(pass, gzip, 0, gzip.length);
  put(pass, closeBinary);
  openMetadata(pass, options.migratedAt, ref.updateTime);
  put(pass, encoding);
  pass.size += encodingSize;
  closeMetadata(pass, options.migratedAt);
}
