/** The parts from which a benchmark builds another target. The product uses only `createDynamoDbTarget`. */
export { createAwsClient } from './aws-client.ts';
export { BufferPool } from './buffer-pool.ts';
export { put } from './requests.ts';
export { SignedTransport, type WriteAction } from './signed-transport.ts';
