-- Appends invocations, one stream entry each.
-- KEYS: stream.  ARGV: head, payload, head, payload ...
-- Returns the ids of the new entries.
local ids = {}
for i = 1, #ARGV, 2 do
  ids[#ids + 1] = redis.call('XADD', KEYS[1], '*', ARGV[i], ARGV[i + 1])
end
return ids
