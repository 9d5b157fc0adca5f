-- A change of a key. KEYS: room, stream, ids. ARGV: head, entry, key; where it has an id: id, digest, first seen, most ids.
@check@
@head@
local kind, action, bound, cond, own, condoff, mk, mkb, owner, auth, data = struct.unpack('<BBBBBdddc8c8c8', ARGV[1], 85)
-- What is bound to a hub that is taken for dead would be nobody's to take out.
if bound == 1 and action ~= 3 and redis.call('HEXISTS', '@PREFIX@:beats', owner) == 0 then return {11} end
@meta@
@line@
@time@
@ids@
local room = string.sub(KEYS[1], #'@PREFIX@' + 4)
local keys, set, removed = '@PREFIX@:k:' .. room, '@PREFIX@:z:' .. room, '@PREFIX@:x:' .. room
local field, item = ARGV[3], room .. '\0' .. ARGV[3]
local cur = redis.call('HGET', keys, field)
local co, cs, ca, cb, cown, cauth, cdat
if cur then co, cs, ca, cb, cown, cauth, cdat = struct.unpack('<ddBBc8c8c8', cur) end
local live = cur and ca ~= 3
local claims, answer
-- What the hub has taken back since, as its author had gone, is published anew.
local anew = known and bound == 1 and action ~= 3
  and ((cur and ca == 3 and cb == 1 and cauth == auth) or (not cur and kind == 1))
  and string.sub(known, 9) == ARGV[5]
if not anew then
  @known@
  claims = answer and answer[1] == 1 and bound == 1 and action ~= 3 and live and cb == 1 and cauth == auth
end
if not answer then
  if (cond == 1 and live) or (cond == 2 and not live) or (cond == 3 and not (live and co == condoff)) or cond == 4 then
    answer = {4, live and co or 0}
  elseif action == 3 then
    -- The hub's own removals are of what is its own still.
    if not live or (own == 1 and not (cb == 1 and cown == owner and cauth == auth and (condoff == 0 or co == condoff))) then
      answer = {6, 0}
    end
  elseif kind == 1 and live and cdat == data then
    answer, claims = {6, co}, true
  else
    local count, bytes = kind == 1 and M or K, kind == 1 and MB or KB
    if not live and count >= mk then answer = {5, count, bytes}
    elseif bytes - (live and cs or 0) + size > mkb then answer = {5, count, bytes} end
  end
end
if answer then
  -- Full, it is answered all the same.
  call = redis.pcall
  if claims and cown ~= owner then
    redis.call('HSET', keys, field, struct.pack('<ddBBc8c8c8', co, cs, ca, cb, owner, cauth, cdat) .. string.sub(cur, 43))
    redis.call('SREM', '@PREFIX@:b:' .. cown, item)
    redis.call('SADD', '@PREFIX@:b:' .. owner, item)
  end
  @write@
  return answer
end
@gone@
local off = l + 1
local v = struct.pack('<dd', s, 0) .. string.sub(ARGV[1], 1, 24) .. ARGV[2]
if K == 0 and (M == 0 or (action ~= 3 and kind == 2)) then xe = 0 end
-- First what Redis does when it is full: then it does the rest.
if action == 3 then redis.call('ZREM', set, field) end
redis.call('HSET', keys, field, struct.pack('<ddBBc8c8c8', off, size, action, bound, owner, auth, data) .. v)
if live and cb == 1 and (action == 3 or bound == 0 or cown ~= owner) then redis.call('SREM', '@PREFIX@:b:' .. cown, item) end
local more, bytes = 0, 0
if action == 3 then
  redis.call('ZADD', removed, off, field)
  if K == 0 and redis.call('ZCARD', removed) == 1 then redis.call('PEXPIRE', removed, 3600000) end
  more, bytes = -1, -cs
  -- Those that are too many or too old are forgotten.
  for i = 1, 16 do
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
l, lt = off, s
@write@
@remember@
local told = ep .. struct.pack('<dd', off, T) .. v
@tell@
return {0, off, s}
