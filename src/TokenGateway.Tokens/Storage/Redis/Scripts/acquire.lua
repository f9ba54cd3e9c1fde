#!lua flags=allow-oom
-- Takes the lease if it is free, raises the fence if so, and reads as read.lua does, after a first element that says whether it was taken.
-- KEYS: record, lease   ARGV: lease ("id\nowner"), duration in ms
local acquired = redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
if acquired then
  redis.call('HINCRBY', KEYS[1], 'fence', 1)
end
local record = redis.call('HMGET', KEYS[1], 'revision', 'document', 'fence')
return { acquired and 1 or 0,
  record[1], record[2], record[3], redis.call('GET', KEYS[2]), redis.call('PTTL', KEYS[2]), redis.call('TIME') }
