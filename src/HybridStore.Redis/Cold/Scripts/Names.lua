-- Some names of a sorted list, by their bytes. KEYS: the list. ARGV: the ends of the range, how many.
return redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])
