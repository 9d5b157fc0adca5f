-- The hub lives on. KEYS: its set. ARGV: hub, milliseconds, what it tells of itself, or '' for as before.
@check@
if redis.call('HGET', '@PREFIX@:g', 'gen') ~= '@GEN@' then return {9} end
local x = redis.call('TIME')
local t = x[1] * 1000 + math.floor(x[2] / 1000)
local hubs, dead, about = '@PREFIX@:hubs', '@PREFIX@:dead', '@PREFIX@:about'
redis.call('ZADD', hubs, string.format('%.0f', t + ARGV[2]), ARGV[1])
if ARGV[3] ~= '' then redis.call('HSET', about, ARGV[1], ARGV[3]) end
for _, hub in ipairs(redis.call('ZRANGEBYSCORE', hubs, '-inf', string.format('(%.0f', t), 'LIMIT', 0, 16)) do
  redis.call('ZREM', hubs, hub)
  redis.call('HDEL', about, hub)
  redis.call('ZADD', dead, 0, hub)
end
-- One to be taken out, by this hub for the next ten seconds.
local claimed = redis.call('ZRANGEBYSCORE', dead, '-inf', string.format('%.0f', t), 'LIMIT', 0, 1)[1]
if claimed then redis.call('ZADD', dead, string.format('%.0f', t + 10000), claimed) end
return {0, claimed or '', redis.call('ZRANGE', hubs, 0, -1), redis.call('HGETALL', about)}
