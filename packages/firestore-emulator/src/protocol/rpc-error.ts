import { status } from '@grpc/grpc-js';

/** A call that ends with a gRPC status other than OK; `message` is a sentence for the client. */
export class RpcError extends Error {
  readonly code: status;

  constructor(code: status, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RpcError';
    this.code = code;
  }
}

export function invalidArgument(message: string): RpcError {
  return new RpcError(status.INVALID_ARGUMENT, message);
}

/** UNIMPLEMENTED, with the missing feature and where it is available. */
export function unsupported(feature: string): RpcError {
  return new RpcError(
    status.UNIMPLEMENTED,
    `This local Firestore stand-in does not support ${feature}. Google's own Firestore emulator does.`,
  );
}

/** Any thrown value as an RpcError; another error is a bug of the emulator or a malformed message. */
export function asRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof RangeError) {
    return new RpcError(status.INVALID_ARGUMENT, `The request holds a malformed message: ${error.message}.`, {
      cause: error,
    });
  }
  const text = error instanceof Error ? error.message : String(error);
  return new RpcError(status.INTERNAL, `The local Firestore stand-in failed: ${text}`, { cause: error });
}
