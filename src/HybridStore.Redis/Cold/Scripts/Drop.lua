-- Drops keys; what is large is freed beside the commands of others.
return redis.call('UNLINK', unpack(KEYS))
