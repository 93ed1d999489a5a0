--[[
  Marks migrations as rolled back. One that the ledger has lost needs no mark: nothing of it can start.

  Input:
    KEYS[1...]  hash of each migration
    ARGV[1] rollbackId  JSON

  Output:
    'marked'
]]
local rollbackId = ARGV[1]

for _, key in ipairs(KEYS) do
  if redis.call('HGET', key, 'kind') == 'migration' then redis.call('HSET', key, 'f:rolledBackBy', rollbackId) end
end
return 'marked'
