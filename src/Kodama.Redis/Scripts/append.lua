-- Entries of one hub, in their order: messages, transient ones, changes of keys. KEYS: room, stream, the ids of each author who gave some.
-- ARGV: head; a record of each (34 bytes); and of each itself, of a change what it does, its id. Answers the time, up to where messages
-- are trimmed, behind which offset they came, how many were tried, and what was answered to those of these that have no place.
@check@
@head@
@meta@
@line@
@time@
@gone@
@hubs@
@ids@
local refused, told, wrote, at, done, begun = {}, {}, false, 3, 0, l
for i = 1, count do
  local form, by, size = struct.unpack('<BBd', ARGV[2], 34 * i - 33)
  local entry, author, off, sum = ARGV[at], authors[by], l + 1, 0
  local change, id, seen, digest, known, code, first, second
  at = at + 1
  if form == 2 then change, at = ARGV[at], at + 1 end
  if author then
    id, at = ARGV[at], at + 1
    seen, digest = struct.unpack('<dc16', ARGV[2], 34 * i - 23)
    known = author.known[id]
  end
  if form == 2 then
    @change@
  elseif form == 1 then
    @full@
    -- Behind the last entry.
    off = -1 - l
  else
    @known@
    if not code then
      @full@
      @message@
    end
  end
  if code then
    refused[#refused + 1] = struct.pack('<dBdd', i, code, first or 0, second or 0)
    if code == 11 then break end
  else
    if form ~= 1 then l = off end
    if id then author.new[#author.new + 1], author.known[id] = id, struct.pack('<dc16', off, digest) end
    if hubs[1] then told[#told + 1] = struct.pack('<ddddc0', off, 16 + #entry, s, sum, entry) end
  end
  done = i
end
if l > begun then lt = s end
if done > 0 then
  if wrote then
    @trim@
  else
    -- Full, it has answered all the same.
    call = redis.pcall
  end
  local tail = front and front .. string.sub(ARGV[1], 1, 16) .. struct.pack('<d', seq + done - 1) .. back or string.sub(m, 157)
  @write@
  @remember@
  if told[1] then
    @tell@
  end
end
return {0, s, T, begun, done, table.concat(refused)}
