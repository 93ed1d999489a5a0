import { checkDatabaseName } from '../names/resource-name.ts';
import { Store, type Database } from '../store/database.ts';
import { Transactions } from '../transactions/transactions.ts';

/** All that one emulator holds. */
export class EmulatorState {
  readonly transactions = new Transactions();
  readonly #store = new Store();

  /** The database of this name; an empty one when it is new. @throws RpcError INVALID_ARGUMENT */
  database(name: string): Database {
    return this.#store.database(checkDatabaseName(name));
  }
}
