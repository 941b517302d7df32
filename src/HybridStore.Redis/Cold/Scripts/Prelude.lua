-- What every script of the cold tier begins with. A session's head is a hash:
--   i  the living incarnation, or, where v is missing, the last that ended     k  the id of the newest data key, 8 bytes
--   v  the version; missing: the session does not exist                        h  the lease's holder    u  until when, in milliseconds
--   e  the epoch    a  the ahead mark    b  the rollback mark                  c  when it was created    w  when it was written last
--   l  the version at which the last life ended
-- A record's value is its version, 8 bytes, and then its envelope. No script leaves anything half done: what can be refused is
-- refused before the first write, and the first write is one that Redis refuses when memory is full.
local function text(number) return string.format('%.0f', number) end

-- A time that is given is a test's; the server's own counts.
local function clock(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function load(key)
  local f = redis.call('HMGET', key, 'i', 'v', 'e', 'a', 'b', 'c', 'w', 'l', 'u', 'k', 'h')
  local function number(at) return f[at] and tonumber(f[at]) or 0 end
  local head = {
    i = number(1), v = number(2), e = number(3), a = number(4), b = number(5), c = number(6), w = number(7), l = number(8), u = number(9),
    k = f[10], holder = f[11],
  }
  head.exists = head.v > 0
  head.life = head.exists and head.i or head.i + 1
  return head
end

local function leased(head, now) return head.holder and head.u > now end

-- Only the lease's holder may write: it is alive, or what it queued is not here yet.
local function fenced(head, now) return leased(head, now) or head.a ~= 0 end

local function show(head) return { head.i, head.v, head.e, head.a, head.b, head.c, head.w } end

-- Calls a command with a list of arguments, a bounded number at a time: Lua's stack holds 8,000. A multiple of 6.
local CHUNK = 3000
local function each(list, call)
  for from = 1, #list, CHUNK do call(unpack(list, from, math.min(from + CHUNK - 1, #list))) end
end

-- Keeps the counts of records and bytes by type.
local function count(key, type, records, bytes)
  if records ~= 0 and redis.call('HINCRBY', key, 'n' .. type, records) == 0 then
    redis.call('HDEL', key, 'n' .. type, 'b' .. type)
  elseif bytes ~= 0 then
    redis.call('HINCRBY', key, 'b' .. type, bytes)
  end
end

local function type_of(field) return string.sub(field, 1, string.find(field, '\0', 1, true) - 1) end
