-- The hub has the room no more. KEYS: room. ARGV: hub.
@check@
local m = redis.call('GET', KEYS[1])
if not m then return 0 end
local at = string.find(m, ARGV[1], 158 + 20 * string.byte(m, 157), true)
if at then redis.pcall('SET', KEYS[1], string.sub(m, 1, at + 23) .. '\0' .. string.sub(m, at + 25), 'KEEPTTL') end
return 1
