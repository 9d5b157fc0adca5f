B = B + size
sum = B
if mm > 0 and size <= 268435456 then
  -- A new stream has no end of its life yet.
  if n == 0 then xe = 0 end
  redis.call('XADD', KEYS[2], off, 'd', struct.pack('<ddc0', s, B, entry))
  n = n + 1
else
  -- What was before it is of no use to whoever was away: there would be a hole behind it.
  if n > 0 then redis.call('DEL', KEYS[2]) end
  n, b0, T = 0, B, off
end
