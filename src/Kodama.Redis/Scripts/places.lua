-- A place of so many that all hubs have together. KEYS: who holds one, at which hub. ARGV: hub, holder, how many there are (0: gives its
-- own back), ms for which this is kept. Answers 1: it has one; 0: all are taken; -1: this hub is not heard of; -2: all are taken, but one
-- by a hub that does not listen now.
local key, hub, holder, most, beats = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), '@PREFIX@:beats'
if most == 0 then
  if redis.call('HGET', key, holder) == hub then redis.call('HDEL', key, holder) end
  return 1
end
if redis.call('HEXISTS', beats, hub) == 0 then return -1 end
local full = 0
if redis.call('HLEN', key) >= most and redis.call('HEXISTS', key, holder) == 0 then
  local taken, all = 0, redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    if redis.call('HEXISTS', beats, all[i + 1]) == 0 then redis.call('HDEL', key, all[i])
    else
      taken = taken + 1
      if redis.call('PUBSUB', 'NUMSUB', '@PREFIX@:to:' .. all[i + 1])[2] == 0 then full = -2 end
    end
  end
  if taken >= most then return full end
end
redis.call('HSET', key, holder, hub)
redis.call('PEXPIRE', key, ARGV[4])
return 1
