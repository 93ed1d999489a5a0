import type { OnRetry } from '@migrator/core';

export const defaultTimeoutMs = 10_000;

export interface DynamoDbTargetOptions {
  readonly tableName: string;
  /** Absent: as the AWS SDK finds it (AWS_REGION, the profile, …). */
  readonly region?: string;
  /** Absent: as the AWS SDK finds it (AWS_ENDPOINT_URL_DYNAMODB, …). */
  readonly endpoint?: string;
  /** A PEM file of certificate authorities trusted for AWS, in addition to Node's (AWS_CA_BUNDLE). */
  readonly caFile?: string;
  /** Whether preflight may create a table that is missing: on demand, with `dateKey` (String) as its key. */
  readonly createTable?: boolean;
  /** The most calls in flight; further ones wait. 64 by default. */
  readonly writeConcurrency?: number;
  /** The time limit of a call, in milliseconds; 10,000 by default. */
  readonly timeoutMs?: number;
  readonly onRetry?: OnRetry;
  /** Called with the capacity units that each response reports. */
  readonly onCapacity?: (kind: 'read' | 'write', units: number) => void;
}
