-- Whether a session can be imported as it is now. Writes nothing.
-- KEYS: head, commits. ARGV: time, incarnation, commit id. Gives a status, 0 if it can, and the head.
local head = load(KEYS[1])
return { refusal(head, clock(ARGV[1]), tonumber(ARGV[2]), KEYS[2], ARGV[3]) or 0, show(head) }
