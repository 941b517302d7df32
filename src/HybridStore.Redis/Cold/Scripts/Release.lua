-- Gives a lease back. KEYS: head, the bucket's sessions that are ahead. ARGV: the session's name, epoch, whether all was drained. Gives 1 if it still held.
local head = load(KEYS[1])
if not head.holder or head.e ~= tonumber(ARGV[2]) then return 0 end
redis.call('HDEL', KEYS[1], 'h', 'u')
if ARGV[3] == '1' then
  redis.call('HDEL', KEYS[1], 'a')
  redis.call('ZREM', KEYS[2], ARGV[1])
end
return 1
