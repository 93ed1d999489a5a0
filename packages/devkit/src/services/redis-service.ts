import type { ProgramError } from '../processes/program.ts';
import type { LocalService } from './service.ts';

export interface RedisService extends LocalService {
  /** `redis://127.0.0.1:PORT` */
  readonly url: string;
  /** The process id of redis-server; changes with `restart()`; undefined in a container. */
  readonly pid: number | undefined;
  /** Stops Redis gracefully if it runs and starts it on the same port, with its data if `appendOnly` is set. */
  restart(): Promise<void>;
  /** Kills Redis, which stays down until `restart()`. */
  kill(): Promise<void>;
}

/** The settings of each way to start Redis. */
export interface RedisSettings {
  port: number;
  appendOnly: boolean;
  dataDir?: string;
  /** Further settings, as redis-server's command line takes them: `['--requirepass', 'x']`. Not for a container. */
  settings?: readonly string[];
  /** Makes it a sentinel with this configuration. Not for a container. */
  sentinel?: string;
  onUnexpectedEnd: (error: ProgramError) => void;
}
