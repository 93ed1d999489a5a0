import { taskId } from '@migrator/core';

/** All segments of the table at once: there are only a few. */
export function listSegments(of: number, look: { readonly close?: true } = {}): string[] {
  return Array.from({ length: of }, (_, segment) => taskId({ type: 'segment', segment, of, ...look }));
}
