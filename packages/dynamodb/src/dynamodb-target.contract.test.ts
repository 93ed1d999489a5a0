import { randomUUID } from 'node:crypto';
import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describeTargetContract } from '@migrator/devkit/contracts';
import { afterAll, inject, vi } from 'vitest';
import { createDynamoDbTarget } from './index.ts';

const { AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_REGION: region, ...rest } = inject('services');
vi.stubEnv('AWS_ACCESS_KEY_ID', rest.AWS_ACCESS_KEY_ID);
vi.stubEnv('AWS_SECRET_ACCESS_KEY', rest.AWS_SECRET_ACCESS_KEY);
const application = new DynamoDBClient({ endpoint, region });
afterAll(() => {
  application.destroy();
  vi.unstubAllEnvs();
});

describeTargetContract('DynamoDbTarget', async () => {
  const tableName = `contract-${randomUUID()}`;
  const target = createDynamoDbTarget({ tableName, endpoint, region, createTable: true });
  await target.preflight();
  return {
    target,
    put: async (item) => {
      await application.send(
        new PutItemCommand({ TableName: tableName, Item: item as Record<string, AttributeValue> }),
      );
    },
  };
});
