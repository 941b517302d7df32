-- Ends a session's life: what stays of its head is the tombstone.
-- KEYS: head, records, order, types, commits, data keys, the bucket's sessions, the bucket's sessions that are ahead. ARGV: the session's name.
-- Gives whether it existed, the incarnation, the last version, the epoch.
local head = load(KEYS[1])
if not head.exists and not head.holder and head.a == 0 then return { 0, head.i, head.l, head.e } end
local last = head.exists and head.v or head.l
redis.call('HSET', KEYS[1], 'i', text(head.i), 'e', text(head.e + 1), 'l', text(last))
redis.call('HDEL', KEYS[1], 'v', 'a', 'b', 'h', 'u', 'c', 'w', 'k')
redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
redis.call('ZREM', KEYS[7], ARGV[1])
redis.call('ZREM', KEYS[8], ARGV[1])
return { head.exists and 1 or 0, head.i, last, head.e + 1 }
