--[[
  Writes a key that expires after a second. A Redis that takes no writes answers with its error.

  Input:
    KEYS[1] CHECK  the key

  Output:
    the status OK
]]
local CHECK = KEYS[1]

return { redis.call('SET', CHECK, '', 'PX', 1000) }
