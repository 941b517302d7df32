-- Heads of sessions of one bucket, and whether each is held. KEYS: the heads. ARGV: time.
local now, heads = clock(ARGV[1]), {}
for k, key in ipairs(KEYS) do
  local head = load(key)
  heads[k] = show(head)
  heads[k][8] = leased(head, now) and 1 or 0
end
return heads
