-- Publishes frames of replies and takes their entries out of the stream.
-- KEYS: stream.  ARGV: group, number of entries, entry ids ..., channel, frame, channel, frame ...
-- Returns nothing.
local last = 2 + ARGV[2]
redis.call('XACK', KEYS[1], ARGV[1], unpack(ARGV, 3, last))
redis.call('XDEL', KEYS[1], unpack(ARGV, 3, last))
for i = last + 1, #ARGV, 2 do
  redis.call('PUBLISH', ARGV[i], ARGV[i + 1])
end
