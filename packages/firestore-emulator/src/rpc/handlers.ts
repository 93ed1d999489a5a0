import { once } from 'node:events';
import type { ServerWritableStream, UntypedHandleCall, handleUnaryCall } from '@grpc/grpc-js';
import { asRpcError } from '../protocol/rpc-error.ts';
import type { EmulatorState } from './emulator-state.ts';
import { endWithStatus } from './unsupported-handlers.ts';

/** Answers one request; a Buffer is an encoded response. */
export type UnaryHandler<Request> = (state: EmulatorState, request: Request) => object;

/** Answers one request with several responses, all found before the first is sent. */
export type StreamHandler<Request> = (state: EmulatorState, request: Request) => Iterable<object>;

/** Makes a handler for grpc-js of a function that returns the response or throws. */
export function unary<Request extends object>(
  state: EmulatorState,
  handler: UnaryHandler<Request>,
): UntypedHandleCall {
  const handle: handleUnaryCall<Request, object> = (call, callback) => {
    let response: object;
    try {
      response = handler(state, call.request);
    } catch (error) {
      const { code, message } = asRpcError(error);
      callback({ code, details: message });
      return;
    }
    callback(null, response);
  };
  return handle as UntypedHandleCall;
}

async function send(call: ServerWritableStream<object, object>, responses: Iterable<object>): Promise<void> {
  for (const response of responses) {
    if (call.cancelled) return;
    if (!call.write(response)) {
      const settled = new AbortController();
      // A client that has gone away never drains.
      await Promise.race([
        once(call, 'drain', { signal: settled.signal }),
        once(call, 'cancelled', { signal: settled.signal }),
      ]).finally(() => {
        settled.abort();
      });
    }
  }
}

/** Makes a handler for grpc-js of a function that returns the responses or throws. */
export function serverStream<Request extends object>(
  state: EmulatorState,
  handler: StreamHandler<Request>,
): UntypedHandleCall {
  const handle = async (call: ServerWritableStream<Request, object>): Promise<void> => {
    try {
      await send(call, handler(state, call.request));
      call.end();
    } catch (error) {
      const { code, message } = asRpcError(error);
      endWithStatus(call, code, message);
    }
  };
  return ((call: ServerWritableStream<Request, object>) => {
    void handle(call);
  }) as UntypedHandleCall;
}
