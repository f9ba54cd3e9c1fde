#!lua flags=allow-oom
-- Extends the lease if it is still this owner's, and notes the new duration, by which others tell how long its holder has been silent.
-- KEYS: lease   ARGV: lease id followed by "\n", duration in ms
local lease = redis.call('GET', KEYS[1])
if not lease or string.sub(lease, 1, #ARGV[1]) ~= ARGV[1] then
  return 0
end
local owner = string.gsub(string.sub(lease, #ARGV[1] + 1), '^%d+\n', '', 1)
redis.call('SET', KEYS[1], ARGV[1] .. ARGV[2] .. '\n' .. owner, 'PX', ARGV[2])
return 1
