-- The hubs that have the room open, but the one that says this: it has the answer.
local hubs = {}
for i = 158 + 20 * string.byte(m, 157), #m, 25 do
  local other = string.sub(m, i, i + 7)
  if string.byte(m, i + 24) == 1 and other ~= hub then hubs[#hubs + 1] = other end
end
