-- ARGV: 3 incarnation, 4 version, 5 epoch.
-- Under a lease that hot does not know, or knows to be over: what stands here is not the caller's, and may be another than cold has at that version, if cold went back.
if s.out == '0' or s.oinc ~= ARGV[3] or s.oepoch ~= ARGV[5] or not lt(s.odrained, ARGV[4]) then return 0 end
trim(ARGV[3], ARGV[4])
save()
return 1
