-- Notes whether commits may be queued under a lease. KEYS: head, the bucket's sessions that are ahead. ARGV: the session's name, epoch, whether they may. Gives 1 if it still held.
local head = load(KEYS[1])
if not head.holder or head.e ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '1' then
  redis.call('HSET', KEYS[1], 'a', text(head.e))
  redis.call('ZADD', KEYS[2], 0, ARGV[1])
else
  redis.call('HDEL', KEYS[1], 'a')
  redis.call('ZREM', KEYS[2], ARGV[1])
end
return 1
