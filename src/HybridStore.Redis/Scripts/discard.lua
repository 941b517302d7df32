-- ARGV: 3 epoch, 4 incarnation.
local epoch, through = ARGV[3], ARGV[4]
raise()
s.ended = max(s.ended, through)
if s.known == '1' and not lt(through, s.inc) then unknow() end
if not lt(through, s.cof) then forget() end
if s.out == '1' and s.oinc ~= '0' and not lt(through, s.oinc) then
  redis.call('UNLINK', O)
  s.oinc, s.over, s.odrained, s.orun, s.parked = '0', '0', '0', RUN, ''
end
if lt(fence(), epoch) then
  take(epoch)
  s.free = '1'
end
save()
tell('0', '0')
return 1
