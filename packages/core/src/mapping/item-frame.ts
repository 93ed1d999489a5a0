import { dateKeyPrefix } from '../date-key.ts';
import { containerSize, elementSize } from '../item-size.ts';
import type { EntryRef } from '../ports/source.ts';
import { type Constant, constant, put, putText } from './json-text.ts';
import type { ItemEncoder } from './item-encoder.ts';

/**
 * The parts that every item has, whole or compressed, in the order they are written: `openItem`, the fields of
 * `data`, `openMetadata`, the rest of `metadata`, `closeMetadata`. Text that all items of a user or of a run share is
 * built once.
 */

const closeText = constant('"}');

const openItemSize =
  'dateKey'.length +
  dateKeyPrefix.length +
  '_'.length +
  ('data'.length + containerSize) +
  ('userId'.length + elementSize) +
  ('date'.length + elementSize);
const openMetadataSize =
  'metadata'.length +
  elementSize +
  containerSize +
  ('migratedFrom'.length + elementSize + 'firestore'.length) +
  ('migratedAt'.length + elementSize) +
  ('originalTimestamp'.length + elementSize);

interface UserFrame {
  /** Up to the key's date. */
  readonly openItem: Constant;
  /** From there up to `data`'s date. */
  readonly openData: Constant;
  /** The size of both as DynamoDB counts it, without the dates. */
  readonly size: number;
}

/** The frames of the users in progress, and of some earlier ones. */
const userFrames = new Map<string, UserFrame>();
const mostUserFrames = 256;

function userFrame(userId: string): UserFrame {
  const known = userFrames.get(userId);
  if (known !== undefined) return known;
  if (userFrames.size === mostUserFrames) userFrames.clear();
  const text = JSON.stringify(userId).slice(1, -1);
  const frame: UserFrame = {
    openItem: constant(`{"dateKey":{"S":"${dateKeyPrefix}${text}_`),
    openData: constant(`"},"data":{"M":{"userId":{"S":"${text}"},"date":{"S":"`),
    size: openItemSize + 2 * Buffer.byteLength(userId),
  };
  userFrames.set(userId, frame);
  return frame;
}

interface RunFrame {
  readonly migratedAt: string;
  readonly openMetadata: Constant;
  readonly closeMetadata: Constant;
  /** Bytes of `migratedAt`. */
  readonly length: number;
}

let knownRun: RunFrame | undefined;

function runFrame(migratedAt: string): RunFrame {
  if (knownRun?.migratedAt === migratedAt) return knownRun;
  const text = JSON.stringify(migratedAt);
  const metadata = `"migratedFrom":{"S":"firestore"},"migratedAt":{"S":${text}},"originalTimestamp":{"S":"`;
  knownRun = {
    migratedAt,
    openMetadata: constant(`,"metadata":{"M":{${metadata}`),
    closeMetadata: constant(`}}}},"updatedAt":{"S":${text}}}`),
    length: Buffer.byteLength(migratedAt),
  };
  return knownRun;
}

/** `{"dateKey":{"S":…},"data":{"M":{"userId":…,"date":…`; the key is the one that `dateKey` gives. */
export function openItem(pass: ItemEncoder, ref: EntryRef): void {
  const frame = userFrame(ref.userId);
  pass.at = 0;
  put(pass, frame.openItem);
  const dateSize = putText(pass, ref.date);
  put(pass, frame.openData);
  putText(pass, ref.date);
  put(pass, closeText);
  pass.size = frame.size + 2 * dateSize;
}

/** `,"metadata":{"M":{"migratedFrom":…,"migratedAt":…,"originalTimestamp":…` */
export function openMetadata(pass: ItemEncoder, migratedAt: string, originalTimestamp: string): void {
  const frame = runFrame(migratedAt);
  put(pass, frame.openMetadata);
  pass.size += openMetadataSize + frame.length + putText(pass, originalTimestamp);
  put(pass, closeText);
}

/** `}}}},"updatedAt":…}` */
export function closeMetadata(pass: ItemEncoder, migratedAt: string): void {
  const frame = runFrame(migratedAt);
  put(pass, frame.closeMetadata);
  pass.size += 'updatedAt'.length + frame.length;
}
