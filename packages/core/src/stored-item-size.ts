import { withoutTrailingZeros } from './values/trailing-zeros.ts';
import type { StoredAttribute, StoredItem } from './ports/target.ts';

/** Bytes of a stored item as DynamoDB counts them (names and values), for telling how large something is. */
export function storedItemSize(item: StoredItem): number {
  return fieldsSize(item);
}

function fieldsSize(fields: StoredItem): number {
  let size = 0;
  for (const [name, value] of Object.entries(fields)) size += Buffer.byteLength(name) + attributeSize(value);
  return size;
}

function attributeSize(value: StoredAttribute): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return numberSize(value.N);
  if ('B' in value) return Buffer.byteLength(value.B, 'base64');
  if ('M' in value) return 3 + Object.keys(value.M).length + fieldsSize(value.M);
  if ('L' in value) return 3 + value.L.reduce((sum, element) => sum + 1 + attributeSize(element), 0);
  if ('SS' in value) return value.SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if ('NS' in value) return value.NS.reduce((sum, text) => sum + numberSize(text), 0);
  if ('BS' in value) return value.BS.reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);
  return 1;
}

/** One byte for two significant digits, one for the exponent, one for a minus. */
function numberSize(text: string): number {
  const [mantissa = ''] = text.split(/e/i, 1);
  const digits = withoutTrailingZeros(mantissa.replaceAll(/[-+.]/g, '').replace(/^0+/, ''));
  return 1 + Math.ceil(digits.length / 2) + (text.startsWith('-') ? 1 : 0);
}
