-- ARGV: 3 generation, 4 incarnation, 5 version, 6 epoch, 7 run, 8 good-until, 9 data keys or nothing, 10.. fields and values.
local inc, ver, epoch = ARGV[4], ARGV[5], ARGV[6]
if s.gen ~= ARGV[3] or beyond(inc, ver, epoch) then return 0 end
moveto(inc, ver, epoch, ARGV[7], ARGV[8], isat(inc, ver))
put(10, #ARGV)
if ARGV[9] ~= '' then redis.call('HSET', R, 'k', ARGV[9]) end
save()
return 1
