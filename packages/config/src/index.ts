export { ConfigError } from './config-error.ts';
export { type Config, type LogLevel } from './config.ts';
export { loadConfig } from './load-config.ts';
export { readConfig } from './read-config.ts';
