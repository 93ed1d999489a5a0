export { createDynamoDbTarget } from './dynamodb-target.ts';
export type { DynamoDbTargetOptions } from './options.ts';
