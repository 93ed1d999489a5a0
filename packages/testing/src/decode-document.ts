import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import protobuf, { type INamespace } from 'protobufjs';

/** The published protos, so that a fixture's own encoding is never compared with itself. */
const documentType = (() => {
  const entry = createRequire(import.meta.url).resolve('@google-cloud/firestore');
  const json: INamespace = JSON.parse(readFileSync(join(dirname(entry), '../protos/v1.json'), 'utf8'));
  return protobuf.Root.fromJSON(json).lookupType('google.firestore.v1.Document');
})();

/** A `google.firestore.v1.Document` as plain JSON, for comparing in tests. */
export function decodeDocument(bytes: Uint8Array): {
  name: string;
  fields: { [name: string]: unknown };
  updateTime?: unknown;
} {
  const { name, fields, updateTime } = documentType.toObject(documentType.decode(bytes), {
    longs: String,
    enums: String,
    bytes: String,
    json: true,
  });
  return { name, fields: fields ?? {}, updateTime };
}
