-- Kodama, @NONCE@. Where no room is named: whether this is the life of the server for which the generation was checked.
local call = redis.call
if not KEYS[1] then
  return string.find(call('INFO', 'server'), 'run_id:@RUN@', 1, true)
    and string.find(call('INFO', 'replication'), 'master_replid:@REPL@', 1, true) and 1 or 0
end
