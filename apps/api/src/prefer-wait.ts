import type { Request } from 'express';

const longestSeconds = 3_600;

/** The seconds of `Prefer: wait=N` (RFC 7240), or the default; an odd preference is ignored, as the RFC wants. */
export function preferredWaitMs(request: Request, defaultSeconds: number): number {
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d+)"?(?:$|[,;\s])/i.exec(request.get('prefer') ?? '');
  return Math.min(match === null ? defaultSeconds : Number(match[1]), longestSeconds) * 1_000;
}
