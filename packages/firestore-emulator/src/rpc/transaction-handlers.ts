import type { BeginTransactionRequest, RollbackRequest } from '../protocol/messages.ts';
import { beginTransaction } from '../transactions/read-session.ts';
import type { EmulatorState } from './emulator-state.ts';

export function begin(state: EmulatorState, request: BeginTransactionRequest): object {
  const database = state.database(request.database);
  return { transaction: beginTransaction(database, state.transactions, request.options).id };
}

export function rollback(state: EmulatorState, request: RollbackRequest): object {
  const database = state.database(request.database);
  // Of one that has ended there is nothing to undo: clients do it after a commit that was ABORTED.
  state.transactions.end(database, request.transaction);
  return {};
}
