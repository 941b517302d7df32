-- ARGV: 3 version before, 4 incarnation, 5 version, 6 epoch, 7 run, 8 good-until, 9 commit id, 10.. fields and values.
local inc, ver, epoch = ARGV[4], ARGV[5], ARGV[6]
-- Of before the lease that the outbox is of: what is queued under that stands behind it, unless cold went back to before the lease, and then this is another commit than the one in its place.
if not lt(epoch, fence()) then trim(inc, ver) end
if not beyond(inc, ver, epoch) and not isat(inc, ver) then
  moveto(inc, ver, epoch, ARGV[7], ARGV[8], s.known == '1' and s.inc == inc and not lt(s.ver, ARGV[3]))
  put(10, #ARGV)
  tell(inc, ver)
end
if life() == inc and not lt(epoch, fence()) then remember(inc, ARGV[9], ver) end
save()
if lt(inc, life()) or not lt(versionin(inc), ver) then return 1 end
return 0
