#!lua
-- Adds an entry and forgets what is older than the limit.
-- KEYS: history   ARGV: entry, limit
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
