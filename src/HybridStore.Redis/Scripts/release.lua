-- ARGV: 3 epoch.
if s.out == '0' or s.oepoch ~= ARGV[3] then return 0 end
s.free, s.till = '1', '0'
save()
return 1
