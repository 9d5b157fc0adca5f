-- The oldest messages, while there are too many, or of too many bytes, or too old. Where the bounds are large, some more are kept, so that
-- it is not done each time.
if age >= 0 and (n > mm + (mm < 64 and 0 or math.min(31, math.floor(mm / 8))) or (n > 1 and B - b0 > mb + (mb < 65536 and 0 or mb / 8))
  or (n > 0 and t - tc > age / 8)) then
  tc = t
  local before, more = T, true
  while more and n > 0 do
    local some = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', (B - b0) / n > 4096 and 2 or 33)
    more = #some > 1
    for i = 1, #some do
      local at, cum = struct.unpack('<dd', some[i][2][2])
      if not (n > mm or (n > 1 and B - b0 > mb) or at < t - age) then
        more = false
        break
      end
      n, b0, T = n - 1, cum, tonumber(string.match(some[i][1], '^%d+'))
    end
    if T > before then redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f-0', T + 1)) end
    if #some == 0 then n, b0, T = 0, B, l end
    before = T
  end
end
