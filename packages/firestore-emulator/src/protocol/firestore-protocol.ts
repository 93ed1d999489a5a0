import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import type { INamespace, Type } from 'protobufjs';

const packageName = 'google.firestore.v1';

interface JsonNode {
  type?: string;
  nested?: Record<string, JsonNode>;
  fields?: Record<string, { type: string }>;
}

/*
 * `Document` and `Value` are declared as `bytes` wherever they are a field: on the wire the two are the same, documents
 * pass through without being decoded, and a kind of value that these protos don't know yet survives.
 */
function keepDocumentsAndValuesEncoded(node: JsonNode): void {
  for (const field of Object.values(node.fields ?? {})) {
    if (field.type === 'Document' || field.type === 'Value') field.type = 'bytes';
  }
  for (const child of Object.values(node.nested ?? {})) keepDocumentsAndValuesEncoded(child);
}

/** The protos that `@google-cloud/firestore` ships, unchanged. */
export function readProtos(): JsonNode & INamespace {
  const require = createRequire(import.meta.url);
  const entry = require.resolve('@google-cloud/firestore');
  return JSON.parse(readFileSync(join(dirname(entry), '..', 'protos', 'v1.json'), 'utf8'));
}

function loadRoot(): protobuf.Root {
  const json = readProtos();
  keepDocumentsAndValuesEncoded(json);
  const root = protobuf.Root.fromJSON(json);
  root.resolveAll();
  return root;
}

function decoder(type: Type): (bytes: Buffer) => object {
  return (bytes) =>
    type.toObject(type.decode(bytes), { defaults: true, enums: String, longs: Number, oneofs: true });
}

/** Handlers return bytes if they encode a message themselves, else an object. */
function encoder(type: Type): (message: object) => Buffer {
  return (message) => {
    if (Buffer.isBuffer(message)) return message;
    const bytes = type.encode(message).finish();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  };
}

/**
 * The definition of `google.firestore.v1.Firestore` for a gRPC server, from the protos that
 * `@google-cloud/firestore` ships. Requests arrive as the shapes in messages.ts.
 */
export function loadFirestoreService(): ServiceDefinition {
  const root = loadRoot();
  const service = root.lookupService(`${packageName}.Firestore`);
  const definition: Record<string, MethodDefinition<object, object>> = {};
  for (const method of service.methodsArray) {
    const requestType = root.lookupType(`${packageName}.${method.requestType}`);
    const responseName = method.responseType.includes('.')
      ? method.responseType
      : `${packageName}.${method.responseType}`;
    const responseType = root.lookupType(responseName);
    const encode = encoder(responseType);
    const encodeRequest = encoder(requestType);
    definition[method.name] = {
      path: `/${packageName}.Firestore/${method.name}`,
      requestStream: method.requestStream === true,
      responseStream: method.responseStream === true,
      requestSerialize: encodeRequest,
      requestDeserialize: decoder(requestType),
      responseSerialize: encode,
      responseDeserialize: decoder(responseType),
    };
  }
  return definition;
}
