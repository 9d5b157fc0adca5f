-- The generation of this server. KEYS: generation. ARGV: run id, whether a restart has lost nothing, another generation, whether that holds
-- from now on.
if not string.find(redis.call('INFO', 'server'), 'run_id:' .. ARGV[1], 1, true) then return false end
local g = redis.call('HMGET', KEYS[1], 'run', 'gen', 'safe')
if g[1] == ARGV[1] and g[2] then
  if g[3] == '1' and ARGV[4] ~= '1' then redis.call('HSET', KEYS[1], 'safe', '0') end
  return g[2]
end
if g[2] and g[3] == '1' and ARGV[2] == '1' then
  redis.call('HSET', KEYS[1], 'run', ARGV[1], 'safe', ARGV[4])
  return g[2]
end
redis.call('HSET', KEYS[1], 'run', ARGV[1], 'gen', ARGV[3], 'safe', ARGV[4])
return ARGV[3]
