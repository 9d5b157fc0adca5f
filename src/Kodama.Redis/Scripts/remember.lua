for by, author in ipairs(authors) do
  local key, set = KEYS[2 + by], {}
  if author.new[1] then
    for i, id in ipairs(author.new) do set[2 * i - 1], set[2 * i] = id, author.known[id] end
    if author.fresh then
      redis.call('DEL', key)
    elseif author.count >= (string.sub(key, -12) == '\0(anonymous)' and 4096 or 256) then
      redis.call('RENAME', key, author.before)
      author.count, author.forgotten, author.upTo = 0, math.max(author.forgotten, author.last), author.newest
    end
    local now = author.count + #author.new
    -- A small hash is searched from its beginning: with what is long it is none.
    local life = now > 32 and bi .. string.rep(' ', 64) or bi
    redis.call('HSET', key, 'n', now, 'l', l, 'f', author.forgotten, 'b', life, 'p', author.upTo or 0, unpack(set))
    redis.call('PEXPIRE', key, 360000)
  end
end
