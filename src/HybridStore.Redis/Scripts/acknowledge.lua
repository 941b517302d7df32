-- ARGV: 3 incarnation, 4 version.
if s.out == '0' or s.oinc ~= ARGV[3] or not lt(s.odrained, ARGV[4]) then return 0 end
trim(ARGV[3], ARGV[4])
save()
return 1
