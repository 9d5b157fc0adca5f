-- The generation of this life of the server. KEYS: generation. ARGV: run id, replication id, a generation if one must begin.
if not string.find(redis.call('INFO', 'server'), 'run_id:' .. ARGV[1], 1, true)
  or not string.find(redis.call('INFO', 'replication'), 'master_replid:' .. ARGV[2], 1, true) then return false end
local g = redis.call('HMGET', KEYS[1], 'life', 'gen')
local life = ARGV[1] .. ' ' .. ARGV[2]
if g[1] == life and g[2] then return g[2] end
redis.call('HSET', KEYS[1], 'life', life, 'gen', ARGV[3])
return ARGV[3]
