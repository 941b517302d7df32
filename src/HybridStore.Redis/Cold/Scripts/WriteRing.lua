-- Writes the ring of master keys, if nobody has since it was read. KEYS: the ring. ARGV: the version that was read, the content. Gives 1 if it was written.
if tonumber(redis.call('HGET', KEYS[1], 'v') or 0) ~= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'v', text(tonumber(ARGV[1]) + 1), 'c', ARGV[2])
return 1
