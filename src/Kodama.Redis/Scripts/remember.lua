for by, author in ipairs(authors) do
  local key, new, known = KEYS[2 + by], author.new, author.known
  if new[1] then
    if author.fresh then redis.call('DEL', key) end
    local most = string.sub(key, -12) == '\0(anonymous)' and 4096 or 256
    local slots, set = {}, {}
    for _, id in ipairs(new) do
      author.count = author.count + 1
      local slot = 's' .. (author.count % most)
      if author.count > most then slots[#slots + 1] = slot end
      set[#set + 1], set[#set + 2], set[#set + 3], set[#set + 4] = id, known[id], slot, string.sub(known[id], 1, 8) .. id
    end
    if slots[1] then
      local olds, ids, gone = redis.call('HMGET', key, unpack(slots)), {}, {}
      for i, old in ipairs(olds) do
        ids[i] = string.sub(old, 9)
        author.forgotten = math.max(author.forgotten, (struct.unpack('<d', old)))
      end
      for i, of in ipairs(redis.call('HMGET', key, unpack(ids))) do
        -- Unless it was published anew since.
        if of and string.sub(of, 1, 8) == string.sub(olds[i], 1, 8) then gone[#gone + 1] = ids[i] end
      end
      if gone[1] then redis.call('HDEL', key, unpack(gone)) end
    end
    redis.call('HSET', key, 'n', author.count, 'f', string.format('%.0f', author.forgotten), 'b', bi, unpack(set))
    redis.call('PEXPIRE', key, 360000)
  end
end
