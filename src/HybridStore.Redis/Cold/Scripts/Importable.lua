-- Why a session can't be imported as it is now: a status, or nothing. A repeat of the import that made it is committed.
local function refusal(head, now, incarnation, commits, id)
  if head.exists then
    local made = head.i == incarnation and redis.call('ZSCORE', commits, id)
    return made and tonumber(made) == 1 and 1 or 3
  end
  if incarnation ~= head.life then return 5 end
  if fenced(head, now) then return 4 end
end
