#!lua flags=allow-oom
-- Gives the lease back if it is still this owner's.
-- KEYS: lease   ARGV: lease id followed by "\n"
local lease = redis.call('GET', KEYS[1])
if lease and string.sub(lease, 1, #ARGV[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
