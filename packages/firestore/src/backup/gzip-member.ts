import { promisify } from 'node:util';
import { crc32, deflateRaw, inflateRaw } from 'node:zlib';

/**
 * A gzip file is a sequence of members, each a complete gzip file. These have their length in the header (an extra
 * field, like `bgzip`), so that a reader can skip one without unpacking it.
 */

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Magic number, deflate, an extra field, no time, no level, unknown system, 8 bytes of extra field: 4 bytes called JM. */
const header = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 8, 0, 0x4a, 0x4d, 4, 0]);
export const memberHeaderBytes = header.length + 4;
const trailerBytes = 8;
/** The limit of an unpacked member, in bytes. A member has 1 MiB of lines, plus at most one line. */
const maxBytes = 64 * 1024 * 1024;

export async function packMember(content: Buffer): Promise<Buffer> {
  const packed = await deflate(content);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(memberHeaderBytes + packed.length + trailerBytes);
  const trailer = Buffer.alloc(trailerBytes);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, size, packed, trailer]);
}

/** The size of the member that begins with these bytes; undefined if it is no member of a backup. */
export function memberSize(begin: Buffer): number | undefined {
  if (begin.length < memberHeaderBytes || !begin.subarray(0, header.length).equals(header)) return undefined;
  const size = begin.readUInt32LE(header.length);
  return size < memberHeaderBytes + trailerBytes ? undefined : size;
}

export function isGzip(begin: Buffer): boolean {
  return begin.subarray(0, 2).equals(header.subarray(0, 2));
}

/** Unpacks a member; undefined if it is damaged. */
export async function unpackMember(member: Buffer): Promise<Buffer | undefined> {
  const end = member.length - trailerBytes;
  let content: Buffer;
  try {
    content = await inflate(member.subarray(memberHeaderBytes, end), { maxOutputLength: maxBytes });
  } catch {
    return undefined;
  }
  const isWhole =
    crc32(content) === member.readUInt32LE(end) && content.length === member.readUInt32LE(end + 4);
  return isWhole ? content : undefined;
}
