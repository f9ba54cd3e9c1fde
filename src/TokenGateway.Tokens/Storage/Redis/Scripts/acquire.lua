#!lua flags=allow-oom
-- Takes the lease if it is free, this owner's already, or its holder has been silent for too long; raises the fence if so, and reads as
-- read.lua does, after a first element that says whether it was taken.
-- KEYS: record, lease   ARGV: lease id followed by "\n", owner, duration in ms, silence in ms after which another's is taken over ("" for never)
local lease = redis.call('GET', KEYS[2])
local acquired = not lease or string.sub(lease, 1, #ARGV[1]) == ARGV[1]
if not acquired and ARGV[4] ~= '' then
  local duration = tonumber(string.match(lease, '\n(%d+)\n'))
  acquired = duration ~= nil and duration - redis.call('PTTL', KEYS[2]) >= tonumber(ARGV[4])
end
if acquired then
  redis.call('SET', KEYS[2], ARGV[1] .. ARGV[3] .. '\n' .. ARGV[2], 'PX', ARGV[3])
  redis.call('HINCRBY', KEYS[1], 'fence', 1)
end
local record = redis.call('HMGET', KEYS[1], 'revision', 'document', 'fence')
return { acquired and 1 or 0,
  record[1], record[2], record[3], redis.call('GET', KEYS[2]), redis.call('PTTL', KEYS[2]), redis.call('TIME') }
