--[[
  Returns whether any lease is outstanding. Deletes expired ones.

  Input:
    KEYS[1] LEASES  sorted set of the leases

  Output:
    'none'
    'leased', count, milliseconds until the last lease expires
]]
--- @include "includes/leases"

local LEASES = KEYS[1]

return outstandingLeases(LEASES) or { 'none' }
