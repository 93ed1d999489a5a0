/** Every script about one unit takes these keys in this order. */
export const keysOfUnit = String.raw`
local OPERATION, PLACE, BUCKET, USED, ISSUES, ORDER, INDEX, LEASES =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
`;
