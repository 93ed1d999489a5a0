import { type ErrorCode, MigrationError } from '@migrator/core';
import { status } from '@grpc/grpc-js';

/**
 * The message of grpc-js for a response over our own limit. Its status is that of throttling, but waiting does not
 * help. A test against the library detects another wording.
 */
const overLimit = /^Received message (larger than max|that decompresses to a size larger than) /;

/** The MigrationError for a gRPC error, with a message that says what to do. */
export function sourceError(error: unknown, path: string): MigrationError {
  if (error instanceof MigrationError) return error;
  const { code, details } = readStatus(error);
  const detail = details === '' ? '' : ` (${status[code]}: ${details})`;
  const make = (as: ErrorCode, sentence: string): MigrationError =>
    new MigrationError(as, `${sentence}${detail}`, { cause: error });

  switch (code) {
    case status.UNAVAILABLE:
    case status.INTERNAL:
    case status.ABORTED:
    case status.UNKNOWN:
    case status.CANCELLED:
    case status.DATA_LOSS:
      return make('SOURCE_UNAVAILABLE', `Firestore can't be reached or failed while reading ${path}.`);
    case status.DEADLINE_EXCEEDED:
      return make('SOURCE_UNAVAILABLE', `Firestore did not answer in time while reading ${path}.`);
    case status.RESOURCE_EXHAUSTED:
      if (overLimit.test(details)) {
        return make(
          'SOURCE_MESSAGE_TOO_LARGE',
          `A response of Firestore for ${path} exceeds the limit of one message: make its documents smaller.`,
        );
      }
      return make('SOURCE_THROTTLED', `Firestore throttles the reads, or a quota is used up, at ${path}.`);
    case status.PERMISSION_DENIED:
      return make(
        'SOURCE_ACCESS_DENIED',
        `The Google credentials may not read ${path}: give the service account the role roles/datastore.viewer.`,
      );
    case status.UNAUTHENTICATED:
      return make(
        'CREDENTIALS_REFUSED',
        `Firestore does not accept the Google credentials for ${path}: check GOOGLE_APPLICATION_CREDENTIALS.`,
      );
    case status.NOT_FOUND:
      return make(
        'SOURCE_NOT_FOUND',
        `There is no such Firestore database for ${path}: check GOOGLE_CLOUD_PROJECT and FIRESTORE_DATABASE_ID.`,
      );
    default:
      return make('SOURCE_INVALID', `Firestore refused the request at ${path}.`);
  }
}

function readStatus(error: unknown): { code: status; details: string } {
  if (typeof error !== 'object' || error === null) return { code: status.UNKNOWN, details: String(error) };
  const code = 'code' in error && isStatus(error.code) ? error.code : status.UNKNOWN;
  const details = 'details' in error && typeof error.details === 'string' ? error.details : '';
  return { code, details: details === '' && error instanceof Error ? error.message : details };
}

function isStatus(code: unknown): code is status {
  return typeof code === 'number' && code in status;
}
