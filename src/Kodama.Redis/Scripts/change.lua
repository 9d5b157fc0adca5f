-- A change of a key.
local kind, action, bound, cond, own, condoff, mk, mkb, owner, auth, data = struct.unpack('<BBBBBdddc8c8c8', change)
local field = string.sub(change, 54)
local item = room .. '\0' .. field
local cur = redis.call('HGET', keys, field)
local co, cs, ca, cb, cown, cauth, cdat
if cur then co, cs, ca, cb, cown, cauth, cdat = struct.unpack('<ddBBc8c8c8', cur) end
local live = cur and ca ~= 3
local claims
-- What is bound to a hub that is taken for dead would be nobody's to take out.
if bound == 1 and action ~= 3 and redis.call('HEXISTS', '@PREFIX@:beats', owner) == 0 then code = 11 end
-- What the hub has taken back since, as its author had gone, is published anew.
local anew = known and bound == 1 and action ~= 3
  and ((cur and ca == 3 and cb == 1 and cauth == auth) or (not cur and kind == 1))
  and string.sub(known, 9) == digest
if not code and not anew then
  @known@
  claims = code == 1 and bound == 1 and action ~= 3 and live and cb == 1 and cauth == auth
end
if not code then
  if (cond == 1 and live) or (cond == 2 and not live) or (cond == 3 and not (live and co == condoff)) or cond == 4 then
    code, first = 4, live and co or 0
  elseif action == 3 then
    -- The hub's own removals are of what is its own still.
    if not live or (own == 1 and not (cb == 1 and cown == owner and cauth == auth and (condoff == 0 or co == condoff))) then
      code, first = 6, 0
    end
  elseif kind == 1 and live and cdat == data then
    code, first, claims = 6, co, true
  else
    local has, bytes = kind == 1 and M or K, kind == 1 and MB or KB
    if (not live and has >= mk) or bytes - (live and cs or 0) + size > mkb then code, first, second = 5, has, bytes end
  end
end
if code and claims and cown ~= owner then
  @full@
  redis.call('HSET', keys, field, struct.pack('<ddBBc8c8c8', co, cs, ca, cb, owner, cauth, cdat) .. string.sub(cur, 43))
  redis.call('SREM', '@PREFIX@:b:' .. cown, item)
  redis.call('SADD', '@PREFIX@:b:' .. owner, item)
elseif not code then
  if K == 0 and (M == 0 or (action ~= 3 and kind == 2)) then xe = 0 end
  -- First what Redis does when it is full: then it does the rest.
  if action == 3 then
    redis.call('ZREM', set, field)
    wrote = true
  else
    @full@
  end
  redis.call('HSET', keys, field,
    struct.pack('<ddBBc8c8c8', off, size, action, bound, owner, auth, data) .. struct.pack('<ddc0', s, 0, entry))
  if live and cb == 1 and (action == 3 or bound == 0 or cown ~= owner) then redis.call('SREM', '@PREFIX@:b:' .. cown, item) end
  local more, bytes = 0, 0
  if action == 3 then
    redis.call('ZADD', removed, off, field)
    if K == 0 and redis.call('ZCARD', removed) == 1 then redis.call('PEXPIRE', removed, 3600000) end
    more, bytes = -1, -cs
    -- Those that are too many or too old are forgotten.
    for _ = 1, 16 do
      local oldest = redis.call('ZRANGE', removed, 0, 0, 'WITHSCORES')
      local of = redis.call('HGET', keys, oldest[1])
      if of and (age < 0 or struct.unpack('<d', of, 43) >= t - age) and redis.call('ZCARD', removed) <= 1024 then break end
      redis.call('ZREM', removed, oldest[1])
      redis.call('HDEL', keys, oldest[1])
      F = tonumber(oldest[2])
      if oldest[1] == field then break end
    end
  else
    if cur and not live then redis.call('ZREM', removed, field) end
    redis.call('ZADD', set, off, field)
    if bound == 1 and not (live and cb == 1 and cown == owner) then redis.call('SADD', '@PREFIX@:b:' .. owner, item) end
    more, bytes = live and 0 or 1, size - (live and cs or 0)
  end
  if kind == 1 then M, MB = M + more, MB + bytes else K, KB = K + more, KB + bytes end
  if K == 0 and kind == 2 then xe = 0 end
end
