-- ARGV: 3 incarnation, 4 epoch, 5 good-until, 6 version up to which cold has everything, 7 whether hot lost them and nobody need vouch, 8 how many patches; for each: predecessor, version, head of the entry,
-- how many commit ids, how many changes; then the ids with their versions, the last is the patch's own; then fields and values. Replies: status, version.
local inc, epoch, patches = ARGV[3], ARGV[4], {}
local at = 9
for p = 1, tonumber(ARGV[8]) do
  local ids, changes = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  patches[p] = { before = ARGV[at], ver = ARGV[at + 1], head = ARGV[at + 2], ids = at + 5, from = at + 5 + 2 * ids, to = at + 4 + 2 * ids + 2 * changes }
  at = patches[p].to + 1
end
local last = patches[#patches]

-- Of nothing at all, not even of another epoch, nobody was fenced.
if lt(epoch, fence()) then return { 5, s.ver } end
if s.out == '0' then return { 3, s.ver } end
if s.oepoch ~= epoch then return { 5, s.ver } end
if not lt(s.ended, inc) or (life() ~= '0' and life() ~= inc) then return { 6, s.ver } end
if s.cof == inc then
  local known = redis.call('HGET', R, 'c' .. ARGV[last.from - 2])
  if known then return { 2, known } end
end
if s.known == '0' or s.run ~= RUN or (s.orun ~= RUN and ARGV[7] ~= '1') then return { 3, s.ver } end
local before = s.ver
for _, p in ipairs(patches) do
  if p.before ~= before then return { 4, s.ver } end
  before = p.ver
end

-- The outbox first: if it refuses, nothing was changed. An entry has several parts, each no longer than a stream and Lua's stack take well.
for _, p in ipairs(patches) do
  local from, part = p.from, 0
  repeat
    local to, bytes = from - 1, 0
    while to < p.to and to - from < 999 and bytes < 4194304 do
      bytes = bytes + #ARGV[to + 2]
      to = to + 2
    end
    if part == 0 then
      redis.call('XADD', O, p.ver .. '-0', 'h', p.head, unpack(ARGV, from, to))
    else
      redis.call('XADD', O, p.ver .. '-' .. part, unpack(ARGV, from, to))
    end
    from, part = to + 1, part + 1
  until from > p.to
end
local turn = math.floor(s.ring / 16)
for _, p in ipairs(patches) do
  put(p.from, p.to)
  for i = p.ids, p.from - 1, 2 do remember(inc, ARGV[i], ARGV[i + 1], i == last.from - 2) end
end
s.ver, s.epoch, s.good = last.ver, epoch, ARGV[5]
s.oinc, s.over, s.free = inc, last.ver, '0'
if lt(s.odrained, ARGV[6]) then trim(inc, ARGV[6], math.floor(s.ring / 16) == turn) end
save()
tell(inc, last.ver)
return { 1, last.ver }
