-- What is known of the ids, author by author: of this life of the room.
local authors = {}
do
  local at, lists = 3, {}
  for i = 1, count do
    local form, by = string.byte(ARGV[2], 34 * i - 33, 34 * i - 32)
    at = at + (form == 2 and 2 or 1)
    if by > 0 then
      local list = lists[by] or {'n', 'f', 'b'}
      list[#list + 1], lists[by], at = ARGV[at], list, at + 1
    end
  end
  for by, list in ipairs(lists) do
    local r = redis.call('HMGET', KEYS[2 + by], unpack(list))
    local author = {known = {}, new = {}, count = 0, forgotten = pp, fresh = r[3] ~= bi}
    if not author.fresh then
      author.count, author.forgotten = tonumber(r[1]), tonumber(r[2])
      for i = 4, #list do author.known[list[i]] = r[i] end
    end
    authors[by] = author
  end
end
