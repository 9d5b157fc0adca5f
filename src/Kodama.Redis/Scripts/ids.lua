-- What is known of the ids, author by author: of this life of the room. There are two hashes of each author: where the one is full, it
-- becomes the one before it.
local authors = {}
if KEYS[3] then
  local at, lists = 3, {}
  for i = 1, count do
    local form, by = string.byte(ARGV[2], 34 * i - 33, 34 * i - 32)
    at = at + (form == 2 and 2 or 1)
    if by > 0 then
      local list = lists[by] or {'n', 'l', 'f', 'b', 'p'}
      list[#list + 1], lists[by], at = ARGV[at], list, at + 1
    end
  end
  for by, list in ipairs(lists) do
    local key = KEYS[2 + by]
    local author = {known = {}, new = {}, count = 0, last = 0, forgotten = pp, before = '@PREFIX@:j' .. string.sub(key, #'@PREFIX@' + 3)}
    local r = redis.call('HMGET', key, unpack(list))
    author.fresh = not r[4] or string.sub(r[4], 1, 8) ~= bi
    if not author.fresh then
      author.count, author.newest, author.forgotten, author.upTo = tonumber(r[1]), tonumber(r[2]), tonumber(r[3]), r[5]
      local b = redis.call('HMGET', author.before, unpack(list))
      if b[4] and string.sub(b[4], 1, 8) == bi then author.last = tonumber(b[2])
      else
        -- It was there, up to that offset, and has gone by its age.
        b, author.forgotten = {}, math.max(author.forgotten, tonumber(r[5] or 0))
      end
      for i = 6, #list do author.known[list[i]] = r[i] or b[i] end
    end
    authors[by] = author
  end
end
