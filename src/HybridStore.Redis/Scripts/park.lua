-- ARGV: 3 epoch, 4 the entry or nothing.
if s.out == '0' or s.oepoch ~= ARGV[3] or lt(ARGV[3], fence()) then return 0 end
s.parked = ARGV[4]
save()
return 1
