import type { Operation } from '@migrator/core';

const folders = {
  migration: 'migrations',
  verification: 'verifications',
  rollback: 'rollbacks',
  prune: 'migrations',
} as const;

/** Where an operation is found below the base path. */
export function operationPath(operation: Pick<Operation, 'id' | 'kind' | 'parent'>): string {
  const id = operation.kind === 'prune' && operation.parent !== undefined ? operation.parent : operation.id;
  return `/${folders[operation.kind]}/${id}`;
}
