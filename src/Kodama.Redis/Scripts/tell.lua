-- Each hub that has the room open is told, on its own channel.
do
  local room = string.sub(KEYS[1], #'@PREFIX@' + 4)
  told = string.char(math.floor(#room / 256), #room % 256) .. room .. told
  for i = 2 + 20 * string.byte(tail), #tail, 25 do
    if string.byte(tail, i + 24) == 1 then redis.call('PUBLISH', '@PREFIX@:h:' .. string.sub(tail, i, i + 7), told) end
  end
end
