-- A message. KEYS: room, stream, ids. ARGV: head, entry; where it has an id: '', id, digest, first seen, most ids.
@check@
@head@
@meta@
@line@
@time@
@ids@
local answer
@known@
if answer then
  -- Full, it is answered all the same.
  call = redis.pcall
  @write@
  return answer
end
@gone@
local off, kept = l + 1, mm > 0 and size <= 268435456
B = B + size
local v = struct.pack('<dd', s, B) .. string.sub(ARGV[1], 1, 24) .. ARGV[2]
if kept then
  -- A new stream has no end of its life yet.
  if n == 0 then xe = 0 end
  redis.call('XADD', KEYS[2], string.format('%.0f-0', off), 'd', v)
  n = n + 1
else
  -- What was before it is of no use to whoever was away: there would be a hole behind it.
  if n > 0 then redis.call('DEL', KEYS[2]) end
  n, b0, T = 0, B, off
end
l, lt = off, s
@trim@
@write@
@remember@
local told = ep .. struct.pack('<dd', off, T) .. v
@tell@
return {0, off, s}
