-- ARGV: 3 deadline in milliseconds, 4 incarnation, 5 version, 6 epoch, 7 good-until, 8 data keys or nothing, 9 whether hot then has everything, 10 if it is at this version. Replies: the version, or nothing.
local inc, ver, epoch = ARGV[4], ARGV[5], ARGV[6]
if now() >= tonumber(ARGV[3]) then return false end
if lt(epoch, fence()) or lt(inc, life()) or not lt(s.ended, inc) then return false end
take(epoch)
local had, known = versionin(inc), s.known == '1'
local at = max(had, ver)
moveoutbox(inc, at)
trim(inc, ver)
if known and (lt(had, ver) or s.inc ~= inc) then clear(s.inc == inc) end
if not known and lt(s.odrained, s.over) then
  -- The records were dropped and the outbox was not: nobody may take cold's older records for those that are queued.
  local start = '-'
  repeat
    local parts = redis.call('XRANGE', O, start, '+', 'COUNT', 16)
    for _, part in ipairs(parts) do
      local fields = part[2]
      local from = fields[1] == 'h' and 3 or 1
      if from < #fields then redis.call('HSET', R, unpack(fields, from, #fields)) end
      start = '(' .. part[1]
    end
  until #parts == 0
end
if ARGV[8] ~= '' then redis.call('HSET', R, 'k', ARGV[8]) end
s.known, s.inc, s.ver, s.epoch, s.run, s.good = '1', inc, at, epoch, RUN, ARGV[7]
if ARGV[9] == '1' then
  -- Emptied since it was given the rest: what there is now, nobody may believe.
  if lt(at, ARGV[10]) then s.good = '0' else s.orun = RUN end
end
save()
return at
