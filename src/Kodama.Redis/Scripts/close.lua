-- The hub has the room no more. KEYS: room. ARGV: hub.
@check@
local m = redis.call('GET', KEYS[1])
if not m then return 0 end
local at = string.find(m, ARGV[1], 158 + 20 * string.byte(m, 157), true)
-- First what Redis does when it is full: then it does the rest.
redis.call('ZREM', '@PREFIX@:rooms', '')
if at then redis.call('SET', KEYS[1], string.sub(m, 1, at + 23) .. '\0' .. string.sub(m, at + 25), 'KEEPTTL') end
return 1
