-- Takes a lease. KEYS: head, the bucket's sessions that are ahead.
-- ARGV: time, the session's name, holder, milliseconds, whether it may queue, the epoch known to be dead, the one known to live, whether one that is ahead is left alone, the epoch that the new one is above.
-- Gives whether it was granted, epoch, holder, until when, the former ahead mark, and the head.
local now, name, holder, duration, may_queue = clock(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5] == '1'
local dead, live, refuses_ahead = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8] == '1'
local head = load(KEYS[1])
if head.e == 0 or head.e ~= dead then
  local held = leased(head, now) or head.a ~= 0 and head.e == live
  if held and head.holder ~= holder or refuses_ahead and head.a ~= 0 then
    return { 0, head.e, head.holder, head.u, head.a, show(head) }
  end
end

local ahead = head.a
head.e = math.max(head.e, tonumber(ARGV[9])) + 1
if may_queue then head.a = head.e end
local latest = 253402300799999
local expires = duration < latest - now and now + duration or latest
redis.call('HSET', KEYS[1], 'e', text(head.e), 'i', text(head.i), 'h', holder, 'u', text(expires), 'a', text(head.a))
if may_queue then redis.call('ZADD', KEYS[2], 0, name) end
return { 1, head.e, false, expires, ahead, show(head) }
