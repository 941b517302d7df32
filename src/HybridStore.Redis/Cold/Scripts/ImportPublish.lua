-- Makes what was staged the session, in one step.
-- KEYS: head, records, order, types, commits, data keys, the bucket's sessions, staged records, order and types.
-- ARGV: time, the session's name, incarnation, commit id, data key's id, data key, how many records were staged.
-- Gives a status and the head; status 0: what was staged is not there any more.
local now, name, incarnation, id, key_id, key, staged = clock(ARGV[1]), ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
local head = load(KEYS[1])
local refused = refusal(head, now, incarnation, KEYS[5], id)
if refused then return { refused, show(head) } end
if redis.call('HLEN', KEYS[8]) ~= staged or redis.call('ZCARD', KEYS[9]) ~= staged then return { 0, show(head) } end

local fields = { 'i', text(incarnation), 'v', '1', 'c', text(now), 'w', text(now), 'k', key_id }
if head.holder then
  fields[#fields + 1] = 'e'
  fields[#fields + 1] = text(head.e + 1)
end
redis.call('HSET', KEYS[1], unpack(fields))
if head.holder then redis.call('HDEL', KEYS[1], 'h', 'u') end
if staged > 0 then
  for k = 0, 2 do
    redis.call('RENAME', KEYS[8 + k], KEYS[2 + k])
    redis.call('PERSIST', KEYS[2 + k])
  end
end
redis.call('LPUSH', KEYS[6], key)
redis.call('ZADD', KEYS[5], 1, id)
redis.call('ZADD', KEYS[7], 0, name)
return { 1, show(load(KEYS[1])) }
