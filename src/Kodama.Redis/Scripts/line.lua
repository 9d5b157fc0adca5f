-- The hub's line: this number comes behind the one before it, or begins a new line. Behind the counts stand how many epochs came before,
-- these (20 bytes each), and the hubs (25 bytes each: who, line, number, whether it has the room open).
local first = 158 + 20 * string.byte(m, 157)
local at, tail = string.find(m, hub, first, true), nil
local sl, ss = 0, 0
if at then sl, ss = struct.unpack('<dd', m, at + 8) end
-- Whoever takes out what is a dead hub's has none.
if hub == '--------' then sl, ss = line, seq - 1 end
if not ((line == sl and seq == ss + 1) or (line > sl and seq == 1)) then return {8} end
if hub == '--------' then
  tail = string.sub(m, 157)
elseif at then
  tail = string.sub(m, 157, at - 1) .. string.sub(ARGV[1], 1, 24) .. string.sub(m, at + 24)
else
  -- Of 64 starts of hubs at most: the one that came first gives.
  tail = string.sub(m, 157, first - 1) .. string.sub(m, #m - first < 1599 and first or first + 25) .. string.sub(ARGV[1], 1, 24) .. '\0'
end
