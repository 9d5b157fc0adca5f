-- The hub's line: this number comes behind the one before it, or begins a new line. Behind the counts stand how many epochs came before,
-- these (20 bytes each), and the hubs (25 bytes each: who, line, number, whether it has the room open).
local first = 158 + 20 * string.byte(m, 157)
local place = string.find(m, hub, first, true)
local sl, ss, front, back = 0, 0, nil, nil
if hub == '--------' then
  -- Whoever takes out what is a dead hub's has none.
  sl, ss = line, seq - 1
elseif place then
  sl, ss = struct.unpack('<dd', m, place + 8)
  front, back = string.sub(m, 157, place - 1), string.sub(m, place + 24)
else
  -- Of 64 starts of hubs at most: the one that came first gives.
  front, back = string.sub(m, 157, first - 1) .. string.sub(m, #m - first < 1599 and first or first + 25), '\0'
end
if not ((line == sl and seq == ss + 1) or (line > sl and seq == 1)) then return {8} end
