-- Some records in order of their fields, from one moment. KEYS: head, records, order. ARGV: the ends of the range, the most records, the most bytes.
-- Gives the incarnation, 0 if the session does not exist, whether there may be more, and fields and values in turn.
local head = load(KEYS[1])
if not head.exists then return { 0, 0, {} } end
local names = redis.call('ZRANGEBYLEX', KEYS[3], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])
local room, page = tonumber(ARGV[4]), {}
for n, name in ipairs(names) do
  if room <= 0 then return { head.i, 1, page } end
  local value = redis.call('HGET', KEYS[2], name)
  room = room - #value
  page[2 * n - 1], page[2 * n] = name, value
end
return { head.i, #names == tonumber(ARGV[3]) and 1 or 0, page }
