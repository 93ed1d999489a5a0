import { checkDatabaseName } from '../names/resource-name.ts';
import { Clock } from '../store/clock.ts';
import { Database } from '../store/database.ts';
import { Transactions } from '../transactions/transactions.ts';

/** All that one emulator holds. */
export class EmulatorState {
  readonly transactions = new Transactions();
  readonly #clock = new Clock();
  readonly #databases = new Map<string, Database>();

  /** The database of this name; an empty one when it is new. @throws RpcError INVALID_ARGUMENT */
  database(name: string): Database {
    let database = this.#databases.get(name);
    if (database === undefined) {
      database = new Database(checkDatabaseName(name), this.#clock);
      this.#databases.set(name, database);
    }
    return database;
  }
}
