if id then
  if fresh then redis.call('DEL', KEYS[3]) end
  count = count + 1
  local most = tonumber(ARGV[7])
  local slot = 's' .. (count % most)
  if count > most then
    local old = redis.call('HGET', KEYS[3], slot)
    local of = old and redis.call('HGET', KEYS[3], string.sub(old, 9))
    -- Unless it was published anew since.
    if of and string.sub(of, 1, 8) == string.sub(old, 1, 8) then redis.call('HDEL', KEYS[3], string.sub(old, 9)) end
    if old then forgotten = math.max(forgotten, (struct.unpack('<d', old))) end
  end
  local o = struct.pack('<d', off)
  redis.call('HSET', KEYS[3], id, o .. ARGV[5], 'n', count, slot, o .. id, 'f', string.format('%.0f', forgotten), 'b', bi)
  redis.call('PEXPIRE', KEYS[3], 360000)
end
