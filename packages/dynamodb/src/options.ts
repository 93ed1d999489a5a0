import type { OnRetry } from '@migrator/core';

export const defaultTimeoutMs = 10_000;

export interface DynamoDbTargetOptions {
  readonly tableName: string;
  /** Absent: as the AWS SDK finds it (AWS_REGION, the profile, …). */
  readonly region?: string;
  /** Absent: as the AWS SDK finds it (AWS_ENDPOINT_URL_DYNAMODB, …). */
  readonly endpoint?: string;
  /** A PEM file with certificates that may vouch for AWS, beside those that Node trusts (AWS_CA_BUNDLE). */
  readonly caFile?: string;
  /** Whether preflight may create a table that is missing: on demand, with `dateKey` (String) as its key. */
  readonly createTable?: boolean;
  /** Calls in flight at once; more wait for their turn. 64 by default. */
  readonly writeConcurrency?: number;
  /** How long a call may take to be answered, in milliseconds; 10,000 by default. */
  readonly timeoutMs?: number;
  readonly onRetry?: OnRetry;
  /** Told of the capacity units that each answer says it used. */
  readonly onCapacity?: (kind: 'read' | 'write', units: number) => void;
}
