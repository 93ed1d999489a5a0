import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { contentOf, fileFault } from '@migrator/core';

const byteOrderMark = '\uFEFF';

/**
 * The fault of a credentials file, as the rest of a sentence that begins with the variable's name; undefined if none
 * is found. It contains nothing of the value or of the file, which may be a key.
 */
export async function keyFileFault(path: string): Promise<string | undefined> {
  const content = contentOf(path);
  if (content !== undefined) return `holds ${content}, not a path`;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return fileFault(error);
  }
  if (text.trim() === '') return 'names an empty file';
  if (text.startsWith(byteOrderMark)) {
    return 'names a file that begins with a byte order mark (save it as UTF-8 without one)';
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'names a file that is not JSON';
  }
  return keyFault(parsed);
}

function keyFault(parsed: unknown): string | undefined {
  if (typeof parsed !== 'object' || parsed === null) return 'names a file that holds no Google credentials';
  const { type, private_key: key, client_email: email } = parsed as Record<string, unknown>;
  // Federated and user credentials have other fields, which Google's library checks.
  if (typeof type === 'string' && type !== 'service_account') return undefined;
  for (const [name, value] of [
    ['private_key', key],
    ['client_email', email],
  ]) {
    if (typeof value !== 'string' || value === '') return `names a key file without ${String(name)}`;
  }
  try {
    createPrivateKey(String(key));
    return undefined;
  } catch {
    return 'names a key file whose private_key is damaged (its line breaks, or a part of it, are lost)';
  }
}
