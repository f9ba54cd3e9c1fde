#!lua flags=no-writes
-- The record, the fence and the lease of one credential, and the server's time, all of the same moment.
-- KEYS: record, lease
local record = redis.call('HMGET', KEYS[1], 'revision', 'document', 'fence')
return { record[1], record[2], record[3], redis.call('GET', KEYS[2]), redis.call('PTTL', KEYS[2]), redis.call('TIME') }
