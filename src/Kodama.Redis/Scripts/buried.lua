-- A dead hub was gone through once. KEYS: its set. ARGV: hub. Answers whether nothing is left to be done for it.
@check@
if redis.call('HEXISTS', '@PREFIX@:beats', ARGV[1]) == 1 or redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('ZREM', '@PREFIX@:dead', ARGV[1])
  return 1
end
redis.call('ZADD', '@PREFIX@:dead', 0, ARGV[1])
return 0
