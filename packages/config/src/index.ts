export { parseBasePath } from './address-list.ts';
export { ConfigError } from './config-error.ts';
export { type Config, type LogLevel } from './config.ts';
export { loadConfig, loadEnvFile, requireConfig, requireNoArguments } from './load-config.ts';
export { endAtStart, endInOrder, secondRequest, signalCodes } from './end-in-order.ts';
export { readConfig } from './read-config.ts';
export {
  isOneSlotPrefix,
  parseRedisUrl,
  type RedisAddress,
  type RedisPlace,
  redisUrlForms,
} from './parse-redis-url.ts';
