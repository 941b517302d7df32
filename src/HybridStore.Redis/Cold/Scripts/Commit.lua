-- Commits patches, all or none.
-- KEYS: head, records, order, types, commits, data keys, the bucket's sessions.
-- ARGV: time, the session's name, incarnation, epoch, seen version, sealing key, new data key or '', rollback, and the patches: how many, and of each
--   id, predecessor or -1, version, expected session version or -1, how many were absorbed, are expected and are changed, and these:
--   (id, version), (field, version), (field, '0' to delete, '1' for the version that the patch makes or 'v' and an older one, envelope).
-- Gives status, incarnation, version, previous version, epoch, and for a conflict the field or '' for the session, expected and actual version.
local COMMITTED, REPEATED, CONFLICT, FENCED, ENDED, OUT_OF_ORDER, DATA_KEY, WENT_BACK = 1, 2, 3, 4, 5, 6, 7, 8
local at = 0
local function take() at = at + 1 return ARGV[at] end
local function number() return tonumber(take()) end

local now, name = clock(take()), take()
local incarnation, epoch, seen = number(), number(), number()
local sealing, created_key, rollback = take(), take(), take()
local patches = {}
for p = 1, number() do
  local patch = { id = take(), predecessor = number(), version = number(), session = number() }
  local absorbed, expected, changed = number(), number(), number()
  patch.absorbed, patch.expected, patch.changes = at + 1, at + 1 + 2 * absorbed, at + 1 + 2 * (absorbed + expected)
  patch.last = patch.changes + 3 * changed - 1
  at = patch.last
  patches[p] = patch
end

local head = load(KEYS[1])
local function answer(status, version) return { status, head.exists and head.i or 0, version or head.v, 0, head.e } end
local function made(id) return head.exists and tonumber(redis.call('ZSCORE', KEYS[5], id) or 0) or 0 end

local last = patches[#patches]
if incarnation ~= head.life then return answer(ENDED) end
local known = made(last.id)
if known > 0 then return answer(REPEATED, known) end
if head.v < seen then return answer(WENT_BACK) end
if epoch ~= 0 and epoch ~= head.e or epoch == 0 and fenced(head, now) then return answer(FENCED) end
if head.exists and sealing ~= head.k or not head.exists and created_key == '' then return answer(DATA_KEY) end

-- Which patches are to be applied, and the version that each makes.
local plan, version = {}, head.v
for _, patch in ipairs(patches) do
  if patch.predecessor < 0 then
    if made(patch.id) == 0 then
      version = version + 1
      patch.makes = version
      plan[#plan + 1] = patch
    end
  elseif patch.version > version then
    if patch.predecessor ~= version then return answer(OUT_OF_ORDER) end
    version = patch.version
    patch.makes = version
    plan[#plan + 1] = patch
  end
end
if #plan == 0 then return answer(REPEATED, last.version) end

-- The version of a record after the change with this mark.
local function version_of(patch, mark)
  if mark == '0' then return 0 end
  return mark == '1' and patch.makes or tonumber(string.sub(mark, 2))
end

-- What each patch expects, after those before it.
local pending, before = {}, head.v
for p, patch in ipairs(plan) do
  local function conflict(field, expected, actual)
    local result = answer(CONFLICT)
    result[6], result[7], result[8] = field, expected, actual
    return result
  end
  if patch.session >= 0 and patch.session ~= before then return conflict('', patch.session, before) end
  for e = patch.expected, patch.changes - 1, 2 do
    local actual = pending[ARGV[e]]
    if not actual then
      local value = head.exists and redis.call('HGET', KEYS[2], ARGV[e])
      actual = value and struct.unpack('>I8', value) or 0
    end
    if actual ~= tonumber(ARGV[e + 1]) then return conflict(ARGV[e], tonumber(ARGV[e + 1]), actual) end
  end
  if p < #plan then
    for c = patch.changes, patch.last, 3 do pending[ARGV[c]] = version_of(patch, ARGV[c + 1]) end
  end
  before = patch.makes
end

-- From here on it is written.
local fields = { 'v', text(version), 'w', text(now) }
local function set(field, value) fields[#fields + 1] = field fields[#fields + 1] = value end
local mark = head.b
if rollback == '2' then mark = 0 elseif rollback == '1' and mark == 0 then mark = head.v end
if mark ~= head.b then set('b', text(mark)) end
local ends_lease = epoch == 0 and head.holder
if ends_lease then
  head.e = head.e + 1
  set('e', text(head.e))
end
if not head.exists then
  set('i', text(incarnation))
  set('c', text(now))
  set('k', sealing)
end
redis.call('HSET', KEYS[1], unpack(fields))
if ends_lease then redis.call('HDEL', KEYS[1], 'h', 'u') end
if not head.exists then
  redis.call('LPUSH', KEYS[6], created_key)
  redis.call('ZADD', KEYS[7], 0, name)
end

local oldest = version - 64
for _, patch in ipairs(plan) do
  local records, bytes, types = {}, {}, {}
  local sets, gone, new = {}, {}, {}
  for c = patch.changes, patch.last, 3 do
    local field = ARGV[c]
    local size = redis.call('HSTRLEN', KEYS[2], field)
    local kept = ARGV[c + 1] ~= '0'
    if kept then
      sets[#sets + 1] = field
      sets[#sets + 1] = struct.pack('>I8', version_of(patch, ARGV[c + 1])) .. ARGV[c + 2]
      if size == 0 then
        new[#new + 1] = 0
        new[#new + 1] = field
      end
    elseif size > 0 then
      gone[#gone + 1] = field
    end
    if kept or size > 0 then
      local type = type_of(field)
      if not records[type] then
        records[type], bytes[type], types[#types + 1] = 0, 0, type
      end
      records[type] = records[type] + (kept and 1 or 0) - (size > 0 and 1 or 0)
      bytes[type] = bytes[type] + (kept and #ARGV[c + 2] or 0) - (size > 0 and size - 8 or 0)
    end
  end
  each(sets, function(...) redis.call('HSET', KEYS[2], ...) end)
  each(new, function(...) redis.call('ZADD', KEYS[3], ...) end)
  each(gone, function(...)
    redis.call('HDEL', KEYS[2], ...)
    redis.call('ZREM', KEYS[3], ...)
  end)
  for _, type in ipairs(types) do count(KEYS[4], type, records[type], bytes[type]) end

  local ids = {}
  for a = patch.absorbed, patch.expected - 1, 2 do
    if tonumber(ARGV[a + 1]) > oldest then
      ids[#ids + 1] = ARGV[a + 1]
      ids[#ids + 1] = ARGV[a]
    end
  end
  if patch.makes > oldest then
    ids[#ids + 1] = text(patch.makes)
    ids[#ids + 1] = patch.id
  end
  each(ids, function(...) redis.call('ZADD', KEYS[5], ...) end)
end
redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', text(oldest))
return { COMMITTED, incarnation, version, head.v, head.e }
