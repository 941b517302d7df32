-- Gives a session another data key, which seals from then on. KEYS: head, data keys.
-- ARGV: incarnation, the id of the key that it follows, its own id, and the key with its id in front. Gives 1 if it is the newest.
local head = load(KEYS[1])
if not head.exists or head.i ~= tonumber(ARGV[1]) then return 0 end
if head.k == ARGV[3] then return 1 end
if head.k ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'k', ARGV[3])
redis.call('LPUSH', KEYS[2], ARGV[4])
return 1
