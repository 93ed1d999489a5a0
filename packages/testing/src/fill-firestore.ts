import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { Writer } from 'protobufjs/minimal.js';
import { type EncodableDocument, writeDocument } from './encode-document.ts';
import type { JournalUser } from './journals.ts';

export interface FillOptions {
  /** `host:port` of a local Firestore. */
  readonly emulatorHost: string;
  readonly projectId: string;
  readonly databaseId?: string;
  readonly usersCollection?: string;
  readonly journalCollection?: string;
}

/** What Firestore takes in one call. */
const writesPerCall = 500;
const callsAtOnce = 4;

const same = (bytes: Buffer): Buffer => bytes;

/** Writes journals into a local Firestore, fast (gRPC BatchWrite). Resolves with what it wrote. */
export async function fillFirestore(
  users: Iterable<JournalUser>,
  options: FillOptions,
): Promise<{ users: number; entries: number }> {
  const { emulatorHost, projectId, databaseId = '(default)' } = options;
  const { usersCollection = 'users', journalCollection = 'trading-journal' } = options;
  const database = `projects/${projectId}/databases/${databaseId}`;
  const counts = { users: 0, entries: 0 };

  function* documents(): Generator<EncodableDocument> {
    for (const { userId, profile, entries } of users) {
      const name = `${database}/documents/${usersCollection}/${userId}`;
      counts.users += 1;
      if (profile !== undefined) yield { name, fields: profile };
      for (const { date, fields } of entries) {
        counts.entries += 1;
        yield { name: `${name}/${journalCollection}/${date}`, fields };
      }
    }
  }

  const client = new Client(emulatorHost, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    // It is on this machine: a proxy that the environment names can't reach it.
    'grpc.enable_http_proxy': 0,
  });
  try {
    // All writers draw from the one iterator.
    const calls = batchWrites(database, documents());
    const write = async (): Promise<void> => {
      for (const call of calls) await batchWrite(client, database, call);
    };
    await Promise.all(Array.from({ length: callsAtOnce }, write));
  } finally {
    client.close();
  }
  return counts;
}

function* batchWrites(database: string, documents: Iterable<EncodableDocument>): Generator<Buffer> {
  let writes = 0;
  let request = Writer.create().uint32(10).string(database);
  for (const document of documents) {
    writeDocument(request.uint32(18).fork().uint32(10).fork(), document).ldelim().ldelim();
    writes += 1;
    if (writes < writesPerCall) continue;
    yield Buffer.from(request.finish());
    writes = 0;
    request = Writer.create().uint32(10).string(database);
  }
  if (writes > 0) yield Buffer.from(request.finish());
}

async function batchWrite(client: Client, database: string, request: Buffer): Promise<void> {
  const metadata = new Metadata();
  metadata.set('authorization', 'Bearer owner');
  metadata.set('google-cloud-resource-prefix', database);
  const answer = Promise.withResolvers<Buffer>();
  client.makeUnaryRequest(
    '/google.firestore.v1.Firestore/BatchWrite',
    same,
    same,
    request,
    metadata,
    { deadline: Date.now() + 60_000 },
    (error, message) => {
      if (message === undefined) answer.reject(error ?? new Error('BatchWrite had no answer.'));
      else answer.resolve(message);
    },
  );
  await answer.promise;
}
