export { locateTable } from './locate-table.ts';
export { createDynamoDbTarget } from './dynamodb-target.ts';
export type { DynamoDbTargetOptions } from './options.ts';
export { type WritePermissions, tryWrites } from './try-writes.ts';
