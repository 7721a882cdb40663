-- Gives up a worker. What it had claimed fails, or goes back to the stream if the worker provably never started it: a worker starts
-- nothing later than a lease after its last heartbeat, so what Redis delivered later than that was not started.
-- KEYS: stream, workers.  ARGV: group, worker id, silence in ms that makes it dead, lease in ms; a lease of 'none' puts everything back.
-- Returns how many went back, then the heads of the invocations that fail; 0 alone if the worker is alive or another gateway was first.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local seen = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[2]) or 0)
if now - seen < tonumber(ARGV[3]) then return { 0 } end

local requeued, lost = 0, {}
while true do
  local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], '-', '+', 100, ARGV[2])
  if pending.err or #pending == 0 then break end
  for _, claim in ipairs(pending) do
    local id, deliveredAt = claim[1], now - claim[3]
    local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
    redis.call('XACK', KEYS[1], ARGV[1], id)
    redis.call('XDEL', KEYS[1], id)
    if entry then
      if ARGV[4] == 'none' or (seen > 0 and deliveredAt > seen + tonumber(ARGV[4])) then
        redis.call('XADD', KEYS[1], '*', entry[2][1], entry[2][2])
        requeued = requeued + 1
      else
        lost[#lost + 1] = entry[2][1]
      end
    end
  end
end
redis.pcall('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[2])
table.insert(lost, 1, requeued)
return lost
