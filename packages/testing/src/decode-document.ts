import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import protobuf, { type INamespace } from 'protobufjs';

/** The published protos, so that no encoding of ours is compared with itself. */
const protos = (() => {
  const entry = createRequire(import.meta.url).resolve('@google-cloud/firestore');
  const json: INamespace = JSON.parse(readFileSync(join(dirname(entry), '../protos/v1.json'), 'utf8'));
  return protobuf.Root.fromJSON(json);
})();

/** A message of google.firestore.v1, such as `RunQueryRequest`, as plain JSON for comparing in tests. */
export function decodeMessage(type: string, bytes: Uint8Array): { [name: string]: unknown } {
  const messageType = protos.lookupType(`google.firestore.v1.${type}`);
  return messageType.toObject(messageType.decode(bytes), {
    longs: String,
    enums: String,
    bytes: String,
    json: true,
  });
}

export function decodeDocument(bytes: Uint8Array): {
  name: string;
  fields: { [name: string]: unknown };
  updateTime?: unknown;
} {
  const { name, fields, updateTime }: { name?: unknown; fields?: object; updateTime?: unknown } =
    decodeMessage('Document', bytes);
  return { name: String(name), fields: { ...fields }, updateTime };
}
