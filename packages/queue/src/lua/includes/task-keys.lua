-- The keys of each script about one task. LedgerKeys.task lists them in this order.
local OPERATION, LOCK, BUCKET, USED, ISSUES, ORDER, INDEX, LEASES, LISTED =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
