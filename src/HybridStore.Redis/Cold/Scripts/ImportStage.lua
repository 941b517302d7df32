-- Takes some records of an import to where nobody sees them. What is left there goes by itself.
-- KEYS: staged records, order and types. ARGV: after how many milliseconds, then each record's field and value.
-- Gives the field that was there already, or nothing.
local records, bytes, types, new, twice = {}, {}, {}, {}, false
for r = 2, #ARGV, 2 do
  local field = ARGV[r]
  if redis.call('HSETNX', KEYS[1], field, ARGV[r + 1]) == 0 then
    twice = field
    break
  end
  new[#new + 1] = 0
  new[#new + 1] = field
  local type = type_of(field)
  if not records[type] then
    records[type], bytes[type], types[#types + 1] = 0, 0, type
  end
  records[type] = records[type] + 1
  bytes[type] = bytes[type] + #ARGV[r + 1] - 8
end
each(new, function(...) redis.call('ZADD', KEYS[2], ...) end)
for _, type in ipairs(types) do count(KEYS[3], type, records[type], bytes[type]) end
for k = 1, 3 do redis.call('PEXPIRE', KEYS[k], ARGV[1]) end
return twice
