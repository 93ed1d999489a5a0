export { locateTable } from './locate-table.ts';
export { createDynamoDbTarget } from './dynamodb-target.ts';
export { tryWrites } from './try-writes.ts';
