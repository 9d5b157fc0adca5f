-- Entries of one hub, in their order: messages, transient ones, changes of keys. KEYS: room, stream, the ids of each author who gave some.
-- ARGV: head; a record of each (34 bytes); and of each itself, of a change what it does, its id. Answers the time, up to where messages
-- are trimmed, and what became of each (17 bytes), up to the first that was not tried.
@check@
@head@
@meta@
@line@
@time@
@gone@
@hubs@
@ids@
local answers, told, wrote, at, done = {}, {}, false, 3, 0
for i = 1, count do
  local form, by, size, seen, digest = struct.unpack('<BBddc16', ARGV[2], 34 * i - 33)
  local entry, author, off, sum = ARGV[at], authors[by], l + 1, 0
  local change, id, known, code, first, second
  at = at + 1
  if form == 2 then change, at = ARGV[at], at + 1 end
  if author then
    id, at = ARGV[at], at + 1
    known = author.known[id]
  end
  if form == 2 then
    @change@
  elseif form == 1 then
    @full@
    -- Behind the last entry.
    off, first = -1 - l, l
  else
    @known@
    if not code then
      @full@
      @message@
    end
  end
  if not code then
    code = 0
    if form ~= 1 then first, l, lt = off, off, s end
    if id then author.new[#author.new + 1], author.known[id] = id, struct.pack('<d', off) .. digest end
    if hubs[1] then told[#told + 1] = struct.pack('<dddd', off, 16 + #entry, s, sum) .. entry end
  end
  answers[i] = struct.pack('<Bdd', code, first or 0, second or 0)
  if code == 11 then break end
  done = i
end
answers = {0, s, T, table.concat(answers)}
if done == 0 then return answers end
if wrote then
  @trim@
  answers[3] = T
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
return answers
