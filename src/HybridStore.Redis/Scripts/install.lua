-- ARGV: 3 epoch, 4 deadline in milliseconds until which the holder vouches that cold is complete. Replies: whether it is installed, the control field as it was, whether its holder lived, the run.
local former = s.out == '1' and redis.call('HGET', R, 'm') or ''
local lives = s.out == '1' and s.till ~= '0' and now() < tonumber(s.till) and 1 or 0
if lt(ARGV[3], fence()) then return { 0, former, lives, RUN } end
take(ARGV[3])
if now() < tonumber(ARGV[4]) then s.orun = RUN end
-- Records without an outbox came from cold, which therefore has all of them.
if s.known == '1' then moveoutbox(s.inc, s.ver) end
save()
return { 1, former, lives, RUN }
