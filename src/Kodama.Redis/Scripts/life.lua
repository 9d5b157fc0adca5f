-- Asked seldom: whether the server leads the same life still, and the generation is this one.
if not string.find(call('INFO', 'replication'), 'master_replid:@REPL@', 1, true)
  or redis.call('HGET', '@PREFIX@:g', 'gen') ~= '@GEN@' then return {9} end
