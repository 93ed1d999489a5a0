import type { ErrorCode } from '../error-codes.ts';

/** Thrown inside the mapping only: this entry can't be an item. `mapEntry` turns it into its result. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
  readonly code: ErrorCode;
  /**
   * Offset in the document of a value's start, never a tag's. `fieldPathAt` turns it into a path, so that the hot
   * path need not keep one.
   */
  readonly offset: number;

  constructor(code: ErrorCode, offset: number, message: string) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}

export function malformed(offset: number, message: string): MappingError {
  return new MappingError('MALFORMED_DOCUMENT', offset, message);
}

export function unsupported(offset: number, message: string): MappingError {
  return new MappingError('UNSUPPORTED_VALUE', offset, message);
}
