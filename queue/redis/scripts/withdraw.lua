-- Takes back invocations that no worker has claimed yet.
-- KEYS: stream.  ARGV: group, prefix of cancel channels, '1' to tell the workers of claimed ones, then entry id, invocation id ...
-- Returns for each 1 if it was taken back, so never starts, else 0.
local taken = {}
for i = 4, #ARGV, 2 do
  local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1)
  if pending.err or #pending == 0 then
    taken[#taken + 1] = redis.call('XDEL', KEYS[1], ARGV[i])
  else
    taken[#taken + 1] = 0
    if ARGV[3] == '1' then redis.call('PUBLISH', ARGV[2] .. pending[1][2], ARGV[i + 1]) end
  end
end
return taken
