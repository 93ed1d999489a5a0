import { status } from '@grpc/grpc-js';
import type { Precondition } from '../protocol/messages.ts';
import { RpcError } from '../protocol/rpc-error.ts';
import { fromProtoTimestamp } from '../wire/timestamp.ts';

function iso(micros: number): string {
  const digits = String(micros % 1000).padStart(3, '0');
  return `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1)}${digits}Z`;
}

/**
 * Checks what a write asks of the document as it is; `updateTime` is undefined when there is none.
 * @throws RpcError NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION
 */
export function checkPrecondition(
  precondition: Precondition | null,
  name: string,
  updateTime: number | undefined,
): void {
  if (precondition?.conditionType === 'exists') {
    if (precondition.exists === true && updateTime === undefined) {
      throw new RpcError(status.NOT_FOUND, `No document to update: ${name}`);
    }
    if (precondition.exists === false && updateTime !== undefined) {
      throw new RpcError(status.ALREADY_EXISTS, `Document already exists: ${name}`);
    }
  }
  if (precondition?.conditionType === 'updateTime' && precondition.updateTime !== undefined) {
    const required = fromProtoTimestamp(precondition.updateTime);
    if (updateTime === undefined) {
      throw new RpcError(
        status.FAILED_PRECONDITION,
        `No document ${name} with the required update time ${iso(required)}: it does not exist.`,
      );
    }
    if (updateTime !== required) {
      throw new RpcError(
        status.FAILED_PRECONDITION,
        `The stored version (${iso(updateTime)}) of ${name} does not match the required base version (${iso(required)}).`,
      );
    }
  }
}
