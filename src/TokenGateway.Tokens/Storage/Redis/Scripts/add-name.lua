#!lua flags=allow-oom
-- Keeps the name of a credential that gets its first record. As a commit does, it works on a server without memory.
-- KEYS: names   ARGV: credential
return redis.call('SADD', KEYS[1], ARGV[1])
