-- ARGV: 3 epoch, 4 duration in milliseconds. Replies: 1 extended, 0 fenced, nothing if it is not known here.
if lt(ARGV[3], fence()) then return 0 end
-- An older epoch: hot went back, or the lease never came here. Nobody fenced it.
if s.out == '0' or s.oepoch ~= ARGV[3] then return false end
s.till = max(s.till, string.format('%.0f', now() + ARGV[4]))
save()
return 1
