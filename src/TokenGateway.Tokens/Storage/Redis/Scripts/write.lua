#!lua flags=allow-oom
-- Replaces the record if it is still at the expected revision and the guard holds, and announces it. Never refused for lack of memory:
-- by now the old refresh token may be spent.
-- KEYS: record, lease
-- ARGV: expected revision ("" for no record), revision, document, minimum fence,
--       guard: lease id followed by "\n" ("" for none), guard: fence, channel ("" for no announcement), credential
local record = redis.call('HMGET', KEYS[1], 'revision', 'fence')
local fence = tonumber(record[2] or 0)
if (record[1] or '') ~= ARGV[1] then
  return 'superseded'
end
if ARGV[5] ~= '' then
  local lease = redis.call('GET', KEYS[2]) or ''
  if string.sub(lease, 1, #ARGV[5]) ~= ARGV[5] or fence ~= tonumber(ARGV[6]) then
    return 'lease lost'
  end
end

redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'document', ARGV[3], 'fence', string.format('%.0f', math.max(fence, tonumber(ARGV[4]))))
if ARGV[7] ~= '' then
  redis.call('PUBLISH', ARGV[7], struct.pack('>I4c0I4c0', #ARGV[8], ARGV[8], #ARGV[2], ARGV[2]) .. ARGV[3])
end
return 'written'
