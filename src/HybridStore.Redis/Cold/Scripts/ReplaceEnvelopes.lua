-- Replaces envelopes of records that are still of the version that was read. KEYS: head, records, types.
-- ARGV: incarnation, and of each record its field and the value that is to be there. Gives how many were replaced.
local head = load(KEYS[1])
local replaced = 0
if head.exists and head.i == tonumber(ARGV[1]) then
  for at = 2, #ARGV, 2 do
    local value = redis.call('HGET', KEYS[2], ARGV[at])
    if value and string.sub(value, 1, 8) == string.sub(ARGV[at + 1], 1, 8) then
      redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1])
      count(KEYS[3], type_of(ARGV[at]), 0, #ARGV[at + 1] - #value)
      replaced = replaced + 1
    end
  end
end
return replaced
