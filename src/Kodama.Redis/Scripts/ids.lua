-- What is known of the id: of this life of the room.
local id, known, count, forgotten, fresh = ARGV[4], false, 0, pp, true
if id then
  local r = redis.call('HMGET', KEYS[3], id, 'n', 'f', 'b')
  if r[4] == bi then
    known, count, forgotten, fresh = r[1], tonumber(r[2]), tonumber(r[3]), false
  end
end
