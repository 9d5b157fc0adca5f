-- Places that all hubs have together. KEYS: how many each hub holds. ARGV: hub, how many it takes (less than 0: gives back) or is to hold,
-- 1 where it is to hold them, how many there are, ms for which this is kept. Answers how many it holds then, or -1: no such hub is heard of.
local key, hub, count, most = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[4])
local beats = '@PREFIX@:beats'
if redis.call('HEXISTS', beats, hub) == 0 then return -1 end
local others, held, all = 0, 0, redis.call('HGETALL', key)
for i = 1, #all, 2 do
  if all[i] == hub then held = tonumber(all[i + 1])
  elseif redis.call('HEXISTS', beats, all[i]) == 1 then others = others + tonumber(all[i + 1])
  else redis.call('HDEL', key, all[i]) end
end
local wanted = ARGV[3] == '1' and count or held + count
if count > 0 and wanted > most - others then wanted = ARGV[3] == '1' and math.max(most - others, 0) or held end
if wanted > 0 then
  redis.call('HSET', key, hub, wanted)
  redis.call('PEXPIRE', key, ARGV[5])
else redis.call('HDEL', key, hub) end
return wanted
