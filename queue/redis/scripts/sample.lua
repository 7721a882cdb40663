-- A gateway's look at the lane.
-- KEYS: stream, workers, epoch.  ARGV: group, silence in ms after which a worker is dead, a fresh epoch.
-- Returns depth, live workers, epoch, then the ids of dead workers ...
local time = redis.call('TIME')
local deadBefore = time[1] * 1000 + math.floor(time[2] / 1000) - ARGV[2]
redis.call('SET', KEYS[3], ARGV[3], 'NX')
local answer = {
  redis.call('XLEN', KEYS[1]),
  redis.call('ZCOUNT', KEYS[2], string.format('%.0f', deadBefore), '+inf'),
  redis.call('GET', KEYS[3]),
}
for _, worker in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('(%.0f', deadBefore))) do
  answer[#answer + 1] = worker
end
-- A worker that was given up while it was frozen in a blocking read is made a consumer again by the next entry.
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])
if not consumers.err then
  for _, consumer in ipairs(consumers) do
    local name, idleMs
    for i = 1, #consumer, 2 do
      if consumer[i] == 'name' then name = consumer[i + 1] end
      if consumer[i] == 'idle' then idleMs = consumer[i + 1] end
    end
    if idleMs >= tonumber(ARGV[2]) and not redis.call('ZSCORE', KEYS[2], name) then answer[#answer + 1] = name end
  end
end
return answer
