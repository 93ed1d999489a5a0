import { invalidArgument } from '../protocol/rpc-error.ts';

/** The token for the page behind an id. */
export function pageTokenAfter(id: string): string {
  return Buffer.from(id).toString('base64url');
}

/** The id behind which a page starts; undefined for the first page. @throws RpcError INVALID_ARGUMENT */
export function idBeforePage(token: string): string | undefined {
  if (token === '') return undefined;
  const id = Buffer.from(token, 'base64url').toString();
  if (id === '' || pageTokenAfter(id) !== token)
    throw invalidArgument(`The page token "${token}" is invalid.`);
  return id;
}

/** The size of a page: the requested one within the limit, or the default for 0. @throws RpcError INVALID_ARGUMENT */
export function pageSizeOf(requested: number, usual: number, limit: number): number {
  if (requested < 0) throw invalidArgument('The page size must not be negative.');
  return requested === 0 ? usual : Math.min(requested, limit);
}
