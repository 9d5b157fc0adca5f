-- A hub was not heard of for too long, by the watch of another. KEYS: its set. ARGV: hub, its count then.
@check@
if redis.call('HGET', '@PREFIX@:beats', ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', '@PREFIX@:beats', ARGV[1])
redis.call('HDEL', '@PREFIX@:about', ARGV[1])
redis.call('ZADD', '@PREFIX@:dead', 0, ARGV[1])
return 1
