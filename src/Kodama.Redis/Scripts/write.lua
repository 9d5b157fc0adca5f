-- All that is counted, and how long it lives; who has not the room's options (an age below zero) leaves that as it is.
local expires = age >= 0 and (xe - t < age or xe - t > 2 * age + 20000)
if expires then xe = t + age + math.max(age / 8, 10000) end
local written = call('SET', KEYS[1],
  struct.pack('<c12c8c8dddddddddddddddd', ep, ge, bi, l, lt, n, B, b0, T, tc, xe, F, K, KB, M, MB, pt, po, pp) .. tail, 'KEEPTTL')
if expires then
  redis.call('PEXPIRE', KEYS[2], string.format('%.0f', xe - t))
  local keep = string.format('%.0f', math.max(2 * (xe - t), 3600000))
  for _, key in ipairs({KEYS[1], keys, set, removed}) do
    if K > 0 then redis.call('PERSIST', key) else redis.call('PEXPIRE', key, keep) end
  end
  redis.pcall('ZADD', '@PREFIX@:rooms', t, room)
end
