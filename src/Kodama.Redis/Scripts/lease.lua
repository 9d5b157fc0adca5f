-- The hub lives on. KEYS: its set. ARGV: hub, what it tells of itself, the key of the sessions' secrets.
@check@
@life@
local beats, dead, about = '@PREFIX@:beats', '@PREFIX@:dead', '@PREFIX@:about'
-- First what Redis does when it is full: then it does the rest.
redis.call('HDEL', beats, '')
redis.call('HINCRBY', beats, ARGV[1], 1)
redis.call('HSET', about, ARGV[1], ARGV[2])
redis.call('SET', '@PREFIX@:s', ARGV[3], 'NX')
-- One to be taken out, by this hub for the next ten seconds.
local x = redis.call('TIME')
local claimed = redis.call('ZRANGEBYSCORE', dead, '-inf', x[1], 'LIMIT', 0, 1)[1]
if claimed then redis.call('ZADD', dead, x[1] + 10, claimed) end
return {0, claimed or '', redis.call('HGETALL', beats), redis.call('HGETALL', about), x[1] * 1000 + math.floor(x[2] / 1000)}
