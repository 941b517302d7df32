-- A session's head and any of its records, from one moment.
-- KEYS: head, records, data keys, commits. ARGV: whether data keys and commits are wanted, then the records' fields.
local head = load(KEYS[1])
local values, keys, commits = {}, {}, {}
if head.exists then
  for from = 2, #ARGV, CHUNK do
    for _, value in ipairs(redis.call('HMGET', KEYS[2], unpack(ARGV, from, math.min(from + CHUNK - 1, #ARGV)))) do values[#values + 1] = value end
  end
  if ARGV[1] == '1' then
    keys = redis.call('LRANGE', KEYS[3], 0, -1)
    commits = redis.call('ZRANGE', KEYS[4], 0, -1, 'WITHSCORES')
  end
end
return { show(head), values, keys, commits }
