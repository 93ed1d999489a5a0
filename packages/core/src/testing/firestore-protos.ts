import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import protobuf from 'protobufjs';

const require = createRequire(import.meta.url);
let protos: protobuf.Root | undefined;

/** A message of `google.firestore.v1`, such as `Document`, from the protos that Google publishes with its client. */
export function firestoreMessage(name: string): protobuf.Type {
  protos ??= protobuf.Root.fromJSON(readProtos());
  return protos.lookupType(`google.firestore.v1.${name}`);
}

function readProtos(): protobuf.INamespace {
  const client = require.resolve('@google-cloud/firestore/package.json');
  return JSON.parse(readFileSync(path.join(path.dirname(client), 'build/protos/v1.json'), 'utf8'));
}
