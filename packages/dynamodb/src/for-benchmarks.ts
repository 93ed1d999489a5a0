/** The parts that a benchmark builds another target of. The product has them from `createDynamoDbTarget` alone. */
export { createAwsClient } from './aws-client.ts';
export { BufferPool } from './buffer-pool.ts';
export { put } from './requests.ts';
export { SignedTransport, type WriteAction } from './signed-transport.ts';
