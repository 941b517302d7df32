-- The ring of master keys. KEYS: the ring. Gives its version, 0 if there is none, and its content.
local ring = redis.call('HMGET', KEYS[1], 'v', 'c')
return { ring[1] and tonumber(ring[1]) or 0, ring[2] or '' }
