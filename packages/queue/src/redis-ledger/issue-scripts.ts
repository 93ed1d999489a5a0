import { readArguments } from './lua/arguments.ts';
import { script } from './run-script.ts';

/** Answers with `found` and member and record of each issue after the given arrival, of one code if one is given. */
export const issuesScript = script(
  readArguments,
  String.raw`
local OPERATION, ISSUES, ORDER = KEYS[1], KEYS[2], KEYS[3]
if redis.call('EXISTS', OPERATION) == 0 then return { 'not-found' } end
local after, limit, wanted = take(), takeNumber(), takeOptional()

local found = { 'found' }
local offset, chunk = 0, 500
repeat
  local members = redis.call('ZRANGEBYSCORE', ORDER, '(' .. after, '+inf', 'LIMIT', offset, chunk)
  for _, member in ipairs(members) do
    local text = redis.call('HGET', ISSUES, member)
    if not wanted or string.match(text, '^%d+|([^|]*)|') == wanted then
      table.insert(found, member)
      table.insert(found, text)
      -- One more than wanted, so that the caller knows whether there is a next page.
      if #found > limit * 2 + 1 then return found end
    end
  end
  offset = offset + chunk
until #members < chunk
return found
`,
);

export const unitIssuesScript = script(
  readArguments,
  String.raw`
local OPERATION, ISSUES, INDEX = KEYS[1], KEYS[2], KEYS[4]
if redis.call('EXISTS', OPERATION) == 0 then return { 'not-found' } end
local unit = take()

local found = { 'found' }
for _, member in ipairs(redis.call('ZRANGEBYLEX', INDEX, '[' .. unit .. '\0', '(' .. unit .. '\1')) do
  table.insert(found, member)
  table.insert(found, redis.call('HGET', ISSUES, member))
end
return found
`,
);
