-- Each on its own channel.
local text = string.char(math.floor(#room / 256), #room % 256) .. room .. ep .. struct.pack('<d', T) .. table.concat(told)
for _, other in ipairs(hubs) do redis.call('PUBLISH', '@PREFIX@:h:' .. other, text) end
