-- ARGV: 3 epoch, 4 incarnation.
local epoch, through = ARGV[3], ARGV[4]
raise()
s.ended = max(s.ended, through)
if s.known == '1' and not lt(through, s.inc) then unknow() end
if not lt(through, s.cof) then forget() end
if s.out == '1' and s.oinc ~= '0' and not lt(through, s.oinc) then
  redis.call('UNLINK', O)
  -- Who vouched for hot, and in which run, stays as it was: what a later life has queued may be lost all the same.
  s.oinc, s.over, s.odrained, s.parked = '0', '0', '0', ''
end
if lt(fence(), epoch) then
  take(epoch)
  s.free = '1'
end
save()
tell('0', '0')
return 1
