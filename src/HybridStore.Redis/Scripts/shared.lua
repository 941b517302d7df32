-- What every script begins with. KEYS: the session's hash, its outbox. ARGV: 1 idle expiry in milliseconds (0: never), 2 channel; the script's own follow.
-- Decimal numbers stay text, and are compared as such: a Lua number holds no more than 53 bits.
local RUN = '@RUN@'
local R, O = KEYS[1], KEYS[2]
local s = {}

local function lt(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end

local function max(a, b)
  if lt(a, b) then return b end
  return a
end

local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- Nothing can be queued, and nothing is.
local function mayexpire()
  return s.out == '0' or (s.free == '1' and not lt(s.odrained, s.over))
end

-- The control field: @FORMAT@ generation ended commits-of ring | known incarnation version epoch run good-until | outbox-known incarnation epoch version drained run until released parked
local function load()
  local m = redis.call('HGET', R, 'm')
  if m then
    s.gen, s.ended, s.cof, s.ring, s.known, s.inc, s.ver, s.epoch, s.run, s.good,
      s.out, s.oinc, s.oepoch, s.over, s.odrained, s.orun, s.till, s.free, s.parked = string.match(m,
      '^@FORMAT@ (%d+) (%d+) (%d+) (%d+) ([01]) (%d+) (%d+) (%d+) (%S+) (%d+) ([01]) (%d+) (%d+) (%d+) (%d+) (%S+) (%d+) ([01]) ?(.*)$')
  end
  if not s.gen then
    if m or redis.call('EXISTS', R) == 1 then return { err = 'HSFOREIGN the control field is missing or of an unknown format' } end
    s.gen, s.ended, s.cof, s.ring, s.known, s.inc, s.ver, s.epoch, s.run, s.good = '0', '0', '0', '0', '0', '0', '0', '0', '-', '0'
    s.out, s.oinc, s.oepoch, s.over, s.odrained, s.orun, s.till, s.free, s.parked = '0', '0', '0', '0', '0', '-', '0', '0', ''
  end
  s.could = mayexpire()
  return false
end

-- What is written together, in one command, at the end: commands are what a script costs.
local later = {}

local function flush()
  if #later > 0 then redis.call('HSET', R, unpack(later)) end
  later = {}
end

local function save()
  local m = table.concat({ '@FORMAT@', s.gen, s.ended, s.cof, s.ring, s.known, s.inc, s.ver, s.epoch, s.run, s.good,
    s.out, s.oinc, s.oepoch, s.over, s.odrained, s.orun, s.till, s.free, s.parked }, ' ')
  later[#later + 1] = 'm'
  later[#later + 1] = m
  flush()
  if not s.could and not mayexpire() then return end
  local idle = tonumber(ARGV[1])
  -- What only keeps a generation leaves after a day in any case.
  if mayexpire() then
    if idle == 0 and s.out == '0' and s.known == '0' then idle = 86400000 end
  else
    idle = 0
  end
  local left = redis.call('PTTL', R)
  if idle == 0 then
    if left >= 0 then redis.call('PERSIST', R) end
  elseif left < idle * 0.875 then
    redis.call('PEXPIRE', R, ARGV[1] == '0' and '86400000' or ARGV[1])
  end
end

-- What is not known is kept as zeros.
local function life()
  return max(s.inc, s.oinc)
end

local function fence()
  return max(s.epoch, s.oepoch)
end

local function versionin(inc)
  return max(s.known == '1' and s.inc == inc and s.ver or '0', s.out == '1' and s.oinc == inc and s.over or '0')
end

local function isat(inc, ver)
  return s.known == '1' and s.inc == inc and s.ver == ver
end

local function beyond(inc, ver, epoch)
  return lt(epoch, fence()) or lt(inc, life()) or not lt(s.ended, inc) or lt(ver, versionin(inc))
end

local function raise()
  local t = redis.call('TIME')
  s.gen = string.format('%.0f', math.max(s.gen + 1, t[1] * 1000000 + t[2]))
end

local function slots()
  local fields = {}
  for i = 1, 64 do fields[i] = 's' .. (i - 1) end
  return fields
end

-- Drops all records at once, whatever their number, and keeps what outlives them.
local function clear(keepkeys)
  local keep = {}
  local k = keepkeys and redis.call('HGET', R, 'k')
  if k then
    keep[1], keep[2] = 'k', k
  end
  if s.ring ~= '0' then
    local fields = slots()
    for i, id in ipairs(redis.call('HMGET', R, unpack(fields))) do
      local ver = id and redis.call('HGET', R, 'c' .. id)
      if ver then
        local n = #keep
        keep[n + 1], keep[n + 2], keep[n + 3], keep[n + 4] = fields[i], id, 'c' .. id, ver
      end
    end
  end
  redis.call('UNLINK', R)
  if #keep > 0 then redis.call('HSET', R, unpack(keep)) end
end

local function unknow()
  clear(false)
  s.known, s.inc, s.ver, s.epoch, s.run, s.good = '0', '0', '0', '0', '-', '0'
end

local function forget()
  if s.ring ~= '0' then
    local fields = slots()
    for i, id in ipairs(redis.call('HMGET', R, unpack(fields))) do
      if id then redis.call('HDEL', R, fields[i], 'c' .. id) end
    end
  end
  s.ring = '0'
end

-- The last 64: a slot of the ring names the id that it holds, so that the oldest goes without a search.
local function remember(inc, id, ver, isnew)
  if s.cof ~= inc then
    forget()
    s.cof = inc
  end
  if not isnew and redis.call('HEXISTS', R, 'c' .. id) == 1 then return end
  local slot = 's' .. (s.ring % 64)
  local old = redis.call('HGET', R, slot)
  if old then redis.call('HDEL', R, 'c' .. old) end
  local n = #later
  later[n + 1], later[n + 2], later[n + 3], later[n + 4] = slot, id, 'c' .. id, ver
  -- More than one is rare, and the ring may come round.
  if not isnew then flush() end
  -- Never 0 again, which says that there is none.
  local ring = s.ring + 1
  if ring >= 1048576 then ring = ring - 1048576 + 64 end
  s.ring = string.format('%.0f', ring)
end

-- Fields and values of ARGV, from and to: no more at once than Lua's stack takes.
local function put(from, to)
  if to - from < 64 and #later < 512 then
    for i = from, to do later[#later + 1] = ARGV[i] end
    return
  end
  flush()
  while from <= to do
    local last = math.min(from + 1999, to)
    redis.call('HSET', R, unpack(ARGV, from, last))
    from = last + 1
  end
end

-- Keeping them, the entries that cold has are dropped later, many at once: nobody reads them.
local function trim(inc, through, keeping)
  if s.out ~= '1' or s.oinc ~= inc then return end
  if not keeping and lt(s.odrained, s.over) then
    redis.call('XTRIM', O, 'MINID', '=', through .. '-18446744073709551615')
    if not lt(through, s.over) then redis.call('UNLINK', O) end
  end
  s.odrained = max(s.odrained, through)
  local parked = string.match(s.parked, '^%d+')
  if parked and not lt(through, parked) then s.parked = '' end
end

-- What cold has, or hot knows to come up to: a former life's outbox ends, and nothing is behind any more.
local function moveoutbox(inc, ver)
  if s.out ~= '1' or lt(inc, s.oinc) then return end
  if s.oinc ~= inc then
    redis.call('UNLINK', O)
    s.oinc, s.over, s.odrained, s.parked = inc, ver, ver, ''
  elseif lt(s.over, ver) then
    trim(inc, ver)
    s.over = ver
  end
end

-- The outbox first, here and elsewhere: if it is not ours, that shows before anything was changed.
local function moveto(inc, ver, epoch, run, good, keep)
  moveoutbox(inc, ver)
  if not keep then
    if s.known == '1' then clear(s.inc == inc) end
  elseif isat(inc, ver) then
    -- Two answers of one version can arrive in either order: the later of the two promises holds.
    good = max(s.good, good)
  end
  s.known, s.inc, s.ver, s.epoch, s.run, s.good = '1', inc, ver, epoch, run, good
end

local function begin()
  if s.out == '0' then
    -- Whether something was here before, nobody vouches for until the holder does.
    s.out, s.oinc, s.oepoch, s.over, s.odrained, s.orun, s.till, s.free, s.parked = '1', '0', '0', '0', '0', '-', '0', '0', ''
  end
end

-- A holder that is fenced answers from its memory for as long as it believes in its lease, whoever else is told that the next one has it.
local function take(epoch)
  begin()
  s.oepoch, s.free = epoch, '0'
end

-- Nobody waits for it, and a user without the right to publish still commits.
local function tell(inc, ver)
  redis.pcall('PUBLISH', ARGV[2], inc .. ' ' .. ver)
end

local foreign = load()
if foreign then return foreign end

