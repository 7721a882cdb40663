-- A sign of life of a worker, by the clock of Redis.
-- KEYS: workers.  ARGV: worker id.
-- Returns 1 if the worker was not known: it is new, or was given up, or Redis was wiped.
local time = redis.call('TIME')
return redis.call('ZADD', KEYS[1], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), ARGV[1])
