/** The users that are asked for; undefined: all. */
export function usersOf(request: { readonly userIds?: readonly string[] }): ReadonlySet<string> | undefined {
  return request.userIds === undefined ? undefined : new Set(request.userIds);
}
