-- The hub's line: this number comes behind the one before it, or begins a new line.
local at, tail = string.find(m, hub, 157, true), nil
local sl, ss = 0, 0
if at then sl, ss = struct.unpack('<dd', m, at + 8) end
if not ((line == sl and seq == ss + 1) or (line > sl and seq == 1)) then return {8} end
if at then
  tail = string.sub(m, 157, at - 1) .. string.sub(ARGV[1], 1, 24) .. string.sub(m, at + 24)
else
  -- Of 64 hubs at most: the one that came first gives.
  tail = string.sub(m, #m - 156 < 1536 and 157 or 181) .. string.sub(ARGV[1], 1, 24)
end
