-- The head, and the counts of records and bytes by type, from one moment. KEYS: head, types.
local head = load(KEYS[1])
return { show(head), head.exists and redis.call('HGETALL', KEYS[2]) or {} }
