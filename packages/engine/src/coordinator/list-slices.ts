import { unitId } from '@migrator/core';

/** All segments of the table at once: there are only a few. */
export function listSlices(of: number, look: { readonly close?: true } = {}): string[] {
  return Array.from({ length: of }, (_, segment) => unitId({ type: 'slice', segment, of, ...look }));
}
