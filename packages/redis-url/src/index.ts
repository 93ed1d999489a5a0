export {
  isOneSlotPrefix,
  parseRedisUrl,
  type RedisAddress,
  type RedisPlace,
  redisUrlForms,
} from './parse-redis-url.ts';
