-- Replaces wrapped data keys of a session, each where it still is as it was read. KEYS: head, data keys.
-- ARGV: and of each key the incarnation, what is there, and what is to be there. Gives how many were replaced.
local head = load(KEYS[1])
local replaced = 0
if head.exists then
  for at = 1, #ARGV, 3 do
    if tonumber(ARGV[at]) == head.i then
      for place, key in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
        if key == ARGV[at + 1] then
          redis.call('LSET', KEYS[2], place - 1, ARGV[at + 2])
          replaced = replaced + 1
        end
      end
    end
  end
end
return replaced
