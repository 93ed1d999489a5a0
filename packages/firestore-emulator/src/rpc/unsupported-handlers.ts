import type { ServerDuplexStream, ServerWritableStream, UntypedHandleCall } from '@grpc/grpc-js';
import { unsupported } from '../protocol/rpc-error.ts';

/** A handler for a streaming method that this stand-in lacks: ends each call with UNIMPLEMENTED. */
export function unsupportedStream(feature: string): UntypedHandleCall {
  return ((call: ServerDuplexStream<object, object> | ServerWritableStream<object, object>) => {
    const { code, message } = unsupported(feature);
    call.emit('error', { code, details: message });
  }) as UntypedHandleCall;
}
