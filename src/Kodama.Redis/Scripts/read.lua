-- Messages. KEYS: room, stream. ARGV: epoch, 'after', 'before', 'last' or 'since', an offset, a number or time.
@check@
local ep0, head, how, offset, number = ARGV[1], 0, ARGV[2], ARGV[3], tonumber(ARGV[4])
@meta@
if how == 'after' then return {0, T, redis.call('XRANGE', KEYS[2], (offset + 1) .. '-0', '+', 'COUNT', number)} end
if how == 'before' then return {0, T, redis.call('XREVRANGE', KEYS[2], '(' .. offset .. '-0', '-', 'COUNT', number)} end
if how == 'last' then
  if number >= n then return {0, T, T} end
  -- In steps, as each has all that it says.
  local at = tonumber(offset)
  while number > 0 do
    local most = math.min(number, 32)
    local some = redis.call('XREVRANGE', KEYS[2], string.format('%.0f-0', at), '-', 'COUNT', most)
    if #some < most then return {0, T, T} end
    number, at = number - most, tonumber(string.match(some[most][1], '^%d+')) - 1
  end
  return {0, T, at}
end
-- The last one that is older: between low and high, by halves.
local low, high = T, tonumber(offset)
while low < high do
  local middle = math.floor((low + high) / 2) + 1
  local some = redis.call('XREVRANGE', KEYS[2], string.format('%.0f-0', middle), '(' .. string.format('%.0f-0', low), 'COUNT', 1)[1]
  if not some then low = middle
  elseif struct.unpack('<d', some[2][2]) < number then low = middle
  else high = tonumber(string.match(some[1], '^%d+')) - 1 end
end
return {0, T, low}
