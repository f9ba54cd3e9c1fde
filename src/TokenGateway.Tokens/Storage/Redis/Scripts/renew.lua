#!lua flags=allow-oom
-- Extends the lease if it is still this owner's.
-- KEYS: lease   ARGV: lease id followed by "\n", duration in ms
local lease = redis.call('GET', KEYS[1])
if lease and string.sub(lease, 1, #ARGV[1]) == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
