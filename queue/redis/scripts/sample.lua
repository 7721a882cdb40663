-- A gateway's look at the lane.
-- KEYS: stream, workers, epoch, looked, unwatched.
-- ARGV: group, silence in ms after which a worker is dead, a fresh epoch, ms without a look after which the workers' silence says nothing.
-- Returns depth, live workers, epoch, milliseconds for which the oldest unclaimed invocation has waited, then the ids of dead workers ...
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- Redis, the machine or its clock stood still or jumped, so that nobody could give a sign: whoever was alive then gets as long again for it.
local looked = tonumber(redis.call('GET', KEYS[4]) or now)
redis.call('SET', KEYS[4], string.format('%.0f', now))
if now - looked > tonumber(ARGV[4]) then redis.call('SET', KEYS[5], string.format('%.0f', looked), 'PX', ARGV[2]) end
local deadBefore = tonumber(redis.call('GET', KEYS[5]) or now) - ARGV[2]
redis.call('SET', KEYS[3], ARGV[3], 'NX')
local answer = {
  redis.call('XLEN', KEYS[1]),
  redis.call('ZCOUNT', KEYS[2], string.format('%.0f', deadBefore), '+inf'),
  redis.call('GET', KEYS[3]),
  0,
}
-- What nobody has claimed comes after what was claimed last. The id of an entry begins with the time at which it came.
local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
if not groups.err and groups[1] then
  for i = 1, #groups[1], 2 do
    if groups[1][i] == 'last-delivered-id' then
      local oldest = redis.call('XRANGE', KEYS[1], '(' .. groups[1][i + 1], '+', 'COUNT', 1)[1]
      if oldest then answer[4] = now - tonumber(string.match(oldest[1], '^%d+')) end
    end
  end
end
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
