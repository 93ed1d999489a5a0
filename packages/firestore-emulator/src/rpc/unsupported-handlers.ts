import {
  type ServerDuplexStream,
  type ServerWritableStream,
  type UntypedHandleCall,
  Metadata,
} from '@grpc/grpc-js';
import { unsupported } from '../protocol/rpc-error.ts';

type StreamCall = ServerDuplexStream<object, object> | ServerWritableStream<object, object>;

/** Ends a streaming call with a status. */
export function endWithStatus(call: StreamCall, code: number, details: string): void {
  // Google's client takes an error without it for a lost connection, and tries again for 7 s.
  call.sendMetadata(new Metadata());
  call.emit('error', { code, details });
}

/** A handler for a streaming method that this stand-in lacks: ends each call with UNIMPLEMENTED. */
export function unsupportedStream(feature: string): UntypedHandleCall {
  return ((call: StreamCall) => {
    const { code, message } = unsupported(feature);
    endWithStatus(call, code, message);
  }) as UntypedHandleCall;
}

interface ListenRequest {
  readonly addTarget?: { readonly targetId: number } | null;
}

/** Refuses each target of a listener, as the service does with a bad one: a client would connect again without end else. */
export const unsupportedListen: UntypedHandleCall = ((call: ServerDuplexStream<ListenRequest, object>) => {
  const { code, message } = unsupported('real-time listeners (Listen, which onSnapshot uses)');
  const end = (): void => endWithStatus(call, code, message);
  call.once('data', ({ addTarget }: ListenRequest) => {
    call.removeListener('end', end);
    const targetIds = addTarget ? [addTarget.targetId] : [];
    call.write({ targetChange: { targetChangeType: 2, targetIds, cause: { code, message } } });
    end();
  });
  call.once('end', end);
}) as UntypedHandleCall;
