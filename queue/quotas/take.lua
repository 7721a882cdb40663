-- Takes a token of each bucket, or none at all when one of them is empty; as fill.ts does.
-- KEYS: buckets.  ARGV: tokens per second, most tokens; of each bucket.
-- Returns whole tokens left and milliseconds until there is one, of each bucket.
-- A bucket is kept as "tokens microseconds", by the clock of Redis, and for as long as it is not full.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local tokens = {}
local taken = 1
for i, key in ipairs(KEYS) do
  local rate, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local there, at = string.match(redis.call('GET', key) or '', '^(%S+) (%S+)$')
  -- A clock that was set back fills nothing.
  tokens[i] = there and math.min(burst, tonumber(there) + math.max(0, now - tonumber(at)) * rate / 1000000) or burst
  if tokens[i] < 1 then taken = 0 end
end
local answer = {}
for i, key in ipairs(KEYS) do
  local rate, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local left = tokens[i] - taken
  local fullMs = math.ceil((burst - left) * 1000 / rate)
  redis.call('SET', key, string.format('%.17g %.0f', left, now), 'PX', string.format('%.0f', math.max(1, fullMs)))
  answer[2 * i - 1] = math.floor(left)
  answer[2 * i] = (taken == 1 or left >= 1) and 0 or math.ceil((1 - left) * 1000 / rate)
end
return answer
