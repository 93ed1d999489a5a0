import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import protobuf from 'protobufjs';

const require = createRequire(import.meta.url);

/** `google.firestore.v1.Document` from the protos that Google publishes with its client. */
export function loadDocumentType(): protobuf.Type {
  const client = require.resolve('@google-cloud/firestore/package.json');
  const protos: unknown = JSON.parse(
    readFileSync(path.join(path.dirname(client), 'build/protos/v1.json'), 'utf8'),
  );
  return protobuf.Root.fromJSON(protos as protobuf.INamespace).lookupType('google.firestore.v1.Document');
}
