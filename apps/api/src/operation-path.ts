import { type Operation, operationKindOf } from '@migrator/core';

const folders = {
  migration: 'migrations',
  verification: 'verifications',
  rollback: 'rollbacks',
  prune: 'migrations',
} as const;

/** The path of an operation below the base path. */
export function operationPath(operation: Pick<Operation, 'id' | 'kind' | 'parent'>): string {
  const id = operation.kind === 'prune' && operation.parent !== undefined ? operation.parent : operation.id;
  return `/${folders[operation.kind]}/${id}`;
}

/** The folder of an operation in a path; undefined for a path without one. */
export function kindIn(path: string): Folder | undefined {
  return folderKinds.find((kind) => path.includes(`/${folders[kind]}/:id`));
}

export function isIdOf(kind: Folder, id: unknown): boolean {
  return typeof id === 'string' && /^[a-z]+-\d{8}T\d{9}Z$/.test(id) && operationKindOf(id) === kind;
}

type Folder = (typeof folderKinds)[number];
const folderKinds = ['migration', 'verification', 'rollback'] as const;
