import { dateKeyPrefix } from '../date-key.ts';
import { containerSize, elementSize } from '../item-size.ts';
import type { EntryRef } from '../ports/source.ts';
import { type Constant, constant, put, putText } from './json-text.ts';
import type { ItemEncoder } from './item-encoder.ts';

/**
 * What is the same in every item, whole or compressed, in the order it is written: `openItem`, the fields of `data`,
 * `openMetadata`, what else `metadata` holds, `closeMetadata`. What a user's items, or a run's, have in common is made once.
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
  /** Up to where the key's date comes. */
  readonly openItem: Constant;
  /** From there up to where `data`'s date comes. */
  readonly openData: Constant;
  /** Of both, without the dates. */
  readonly size: number;
}

/** Of the users that are worked on, and of some before them. */
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
