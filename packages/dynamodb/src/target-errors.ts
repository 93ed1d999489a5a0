import { type ErrorCode, MigrationError } from '@migrator/core';

/** An error of DynamoDB, the AWS SDK or the network, in one form. */
export interface ServiceError {
  /** The exception's bare name, such as `ThrottlingException`; a network error's code; or empty. */
  readonly name: string;
  readonly message: string;
  /** Absent without a response. */
  readonly httpStatus?: number;
  readonly cause?: unknown;
}

export interface Attempted {
  /** The action as IAM names it, without its prefix: `PutItem`. */
  readonly action: string;
  readonly tableName: string;
}

const codes: Readonly<Record<string, ErrorCode>> = {
  ProvisionedThroughputExceededException: 'THROTTLED',
  ThrottlingException: 'THROTTLED',
  Throttling: 'THROTTLED',
  RequestLimitExceeded: 'THROTTLED',
  TooManyRequestsException: 'THROTTLED',
  SlowDown: 'THROTTLED',
  AccessDeniedException: 'ACCESS_DENIED',
  AccessDenied: 'ACCESS_DENIED',
  OptInRequired: 'ACCESS_DENIED',
  ResourceNotFoundException: 'TABLE_NOT_FOUND',
  TableNotFoundException: 'TABLE_NOT_FOUND',
  ExpiredTokenException: 'CREDENTIALS_EXPIRED',
  ExpiredToken: 'CREDENTIALS_EXPIRED',
  RequestExpired: 'CREDENTIALS_EXPIRED',
  TokenRefreshRequired: 'CREDENTIALS_EXPIRED',
  UnrecognizedClientException: 'CREDENTIALS_REFUSED',
  InvalidSignatureException: 'CREDENTIALS_REFUSED',
  SignatureDoesNotMatch: 'CREDENTIALS_REFUSED',
  IncompleteSignatureException: 'CREDENTIALS_REFUSED',
  IncompleteSignature: 'CREDENTIALS_REFUSED',
  InvalidClientTokenId: 'CREDENTIALS_REFUSED',
  InvalidAccessKeyId: 'CREDENTIALS_REFUSED',
  MissingAuthenticationTokenException: 'CREDENTIALS_REFUSED',
  MissingAuthenticationToken: 'CREDENTIALS_REFUSED',
  AuthFailure: 'CREDENTIALS_REFUSED',
  CredentialsProviderError: 'CREDENTIALS_NOT_FOUND',
  ItemCollectionSizeLimitExceededException: 'ITEM_TOO_LARGE',
  RequestEntityTooLarge: 'ITEM_TOO_LARGE',
  SerializationException: 'INVALID_ITEM',
  UnknownOperationException: 'NOT_SUPPORTED',
  ReplicatedWriteConflictException: 'TARGET_UNAVAILABLE',
  TransactionInProgressException: 'TARGET_UNAVAILABLE',
  // The table is being changed: its creation, its tags.
  ResourceInUseException: 'TARGET_UNAVAILABLE',
  // Of a table's creation: too many at once, which passes, or too many tables, which does not.
  LimitExceededException: 'TARGET_UNAVAILABLE',
  InternalServerError: 'TARGET_UNAVAILABLE',
  ServiceUnavailable: 'TARGET_UNAVAILABLE',
};

/** Codes of network errors of Node and undici (all upper case), and names of the SDK's. */
const noAnswer = /^(?:[A-Z][A-Z0-9_]+|TimeoutError|ChecksumMismatch)$/;

/** OpenSSL's codes for a certificate that is not trusted, or that is for another host. */
const untrusted =
  /^(?:DEPTH_ZERO_)?SELF_SIGNED_CERT|^UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)|^CERT_|_ALTNAME_INVALID$/;

const clockErrors = new Set([
  'RequestTimeTooSkewed',
  'RequestInTheFuture',
  'RequestExpired',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'AuthFailure',
]);

/** Whether a wrong clock on this machine may be the cause. */
export function mayBeClockSkew(error: ServiceError): boolean {
  return clockErrors.has(error.name);
}

export function targetError(error: ServiceError, attempted: Attempted): MigrationError {
  const code = codeOf(error);
  const prefix =
    attempted.action === 'PutItem'
      ? 'Failed to save journal data: '
      : `DynamoDB ${attempted.action} failed: `;
  return new MigrationError(code, `${prefix}${sentence(code, error, attempted)}`, {
    cause: error.cause ?? error,
  });
}

function codeOf({ name, message, httpStatus }: ServiceError): ErrorCode {
  if (name === 'ValidationException') return codeOfInvalid(message);
  const known = Object.hasOwn(codes, name) ? codes[name] : undefined;
  if (known !== undefined) return known;
  if (/region is missing/i.test(message)) return 'REGION_NOT_FOUND';
  if (httpStatus === undefined)
    return noAnswer.test(name) && !name.startsWith('ERR_INVALID') ? 'TARGET_UNAVAILABLE' : 'INTERNAL';
  // Without a name the response is not DynamoDB's, but a proxy's.
  return httpStatus >= 500 || name === '' ? 'TARGET_UNAVAILABLE' : 'INTERNAL';
}

function codeOfInvalid(message: string): ErrorCode {
  if (/hashkey has exceeded/i.test(message)) return 'KEY_TOO_LONG';
  if (/item size|size has exceeded/i.test(message)) return 'ITEM_TOO_LARGE';
  if (/does not match the schema|missing the key/i.test(message)) return 'TABLE_KEY_MISMATCH';
  return 'INVALID_ITEM';
}

function sentence(code: ErrorCode, error: ServiceError, { action, tableName }: Attempted): string {
  const says = error.message === '' ? error.name : error.message;
  const named = error.name === '' ? says : `${error.name}: ${says}`;
  const aside = named === '' ? '' : ` (${named})`;
  switch (code) {
    case 'THROTTLED':
      return `table "${tableName}" is throttled${aside}`;
    case 'ACCESS_DENIED':
      return `allow dynamodb:${permissionFor(action)} on table "${tableName}" to the AWS identity in use${aside}`;
    case 'TABLE_NOT_FOUND':
      return `there is no table "${tableName}": check DYNAMODB_TABLE, AWS_REGION and AWS_ENDPOINT_URL_DYNAMODB${aside}`;
    case 'TABLE_KEY_MISMATCH':
      return `table "${tableName}" does not have dateKey (String) as its only key${aside}`;
    case 'CREDENTIALS_NOT_FOUND':
      return `AWS credentials not found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use another source of the AWS SDK's chain${aside}`;
    case 'CREDENTIALS_EXPIRED':
      return `the AWS credentials have expired: renew them${aside}`;
    case 'CREDENTIALS_REFUSED':
      return `AWS does not accept the credentials: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY${aside}`;
    case 'REGION_NOT_FOUND':
      return `no AWS region is configured: set AWS_REGION${aside}`;
    case 'ITEM_TOO_LARGE':
      return `the item is larger than DynamoDB's 400 KB: make the entry smaller, or set OVERSIZE=gzip${aside}`;
    case 'KEY_TOO_LONG':
      return `the item's key is longer than DynamoDB's 2,048 bytes: shorten the ids in Firestore${aside}`;
    case 'INVALID_ITEM':
      return `DynamoDB rejects the request${aside}`;
    case 'NOT_SUPPORTED':
      return `the service at AWS_ENDPOINT_URL_DYNAMODB has no such call${aside}`;
    case 'TARGET_UNAVAILABLE':
      if (untrusted.test(error.name))
        return `DynamoDB's certificate is not trusted: set AWS_CA_BUNDLE to the certificates of your proxy or endpoint${aside}`;
      return `DynamoDB can't be reached or failed: check AWS_REGION and AWS_ENDPOINT_URL_DYNAMODB${aside}`;
    default:
      return named;
  }
}

/** PartiQL has permissions of its own; only INSERT is sent. */
function permissionFor(action: string): string {
  return action === 'BatchExecuteStatement' ? 'PartiQLInsert' : action;
}

/** The relevant fields of an error thrown by the AWS SDK, undici or Node. */
export function toServiceError(error: unknown): ServiceError {
  if (!(error instanceof Error)) return { name: '', message: String(error), cause: error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  const httpStatus =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  return {
    name: code !== '' ? code : error.name === 'Error' ? '' : error.name,
    message: error.message === '' ? code : error.message,
    ...(typeof httpStatus === 'number' ? { httpStatus } : {}),
    cause: error,
  };
}
