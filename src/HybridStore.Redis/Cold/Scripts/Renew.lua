-- Extends leases that were neither taken over nor ended. KEYS: heads of one bucket. ARGV: time, milliseconds, then each one's epoch. Gives 1 or 0 for each.
local now, duration, latest, renewed = clock(ARGV[1]), tonumber(ARGV[2]), 253402300799999, {}
local expires = text(duration < latest - now and now + duration or latest)
for k, key in ipairs(KEYS) do
  local held = redis.call('HMGET', key, 'h', 'e')
  renewed[k] = held[1] and tonumber(held[2]) == tonumber(ARGV[k + 2]) and 1 or 0
  if renewed[k] == 1 then redis.call('HSET', key, 'u', expires) end
end
return renewed
