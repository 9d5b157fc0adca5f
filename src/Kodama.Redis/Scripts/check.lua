-- Kodama, @NONCE@. Where no room is named: whether this is the server for which the generation was checked.
if not KEYS[1] then return string.find(redis.call('INFO', 'server'), 'run_id:@RUN@', 1, true) and 1 or 0 end
local call = redis.call
