-- Lets go rooms that no hub has open and that have no state, the longest unused first, where there are too many or their bytes are; and
-- forgets those that have gone by themselves. KEYS: rooms. ARGV: most rooms, most bytes (0: of maxmemory), the time, how many at once.
-- Answers how many were looked at, where it is to be done again at once.
@check@
local t, most = tonumber(ARGV[3]), tonumber(ARGV[4])
if t == 0 then t = redis.call('TIME')[1] * 1000 end
local memory = redis.call('INFO', 'memory')
local function number(name) return tonumber(string.match(memory, '\n' .. name .. ':(%d+)')) end
local bytes = tonumber(ARGV[2])
if bytes == 0 then bytes = number('maxmemory') end
-- Without what waits to be sent, which comes and goes.
local tooMuch = bytes > 0 and number('used_memory') - (number('mem_not_counted_for_evict') or 0) > bytes * 7 / 8
-- First what Redis does when it is full: then it does the rest.
redis.call('ZREM', KEYS[1], '')
local left = redis.call('ZCARD', KEYS[1])
local tooMany = left > tonumber(ARGV[1]) * 7 / 8
local oldest = redis.call('ZRANGE', KEYS[1], 0, most - 1)
for i, room in ipairs(oldest) do
  local m = redis.call('GET', '@PREFIX@:m:' .. room)
  if not m then
    redis.call('ZREM', KEYS[1], room)
    left = left - 1
  else
    -- Behind epoch, generation and life stand the numbers, of which the tenth is how many keys it has.
    local used = struct.unpack('<d', m, 29 + 9 * 8) > 0
    for at = 158 + 20 * string.byte(m, 157), #m, 25 do
      if string.byte(m, at + 24) == 1 and redis.call('HEXISTS', '@PREFIX@:beats', string.sub(m, at, at + 7)) == 1 then used = true end
    end
    if used then
      redis.call('ZADD', KEYS[1], 'XX', t, room)
    elseif tooMuch or left > tonumber(ARGV[1]) * 7 / 8 then
      for _, kind in ipairs({'m', 'e', 'k', 'z', 'x'}) do redis.call('UNLINK', '@PREFIX@:' .. kind .. ':' .. room) end
      redis.call('ZREM', KEYS[1], room)
      left = left - 1
    else
      break
    end
  end
end
return tooMany and #oldest or 0
