-- Opens a room for the hub, which is told of it from now on; closes a line of its, and tells what came behind a head.
-- KEYS: room, stream. ARGV: head, most rooms.
@check@
@life@
local hub, line, ep0, head, epn, mm, mb, age, now, most = struct.unpack('<c8dc12dc12ddddd', ARGV[1])
local room = string.sub(KEYS[1], #'@PREFIX@' + 4)
local keys, set, removed = '@PREFIX@:k:' .. room, '@PREFIX@:z:' .. room, '@PREFIX@:x:' .. room
local m = redis.call('GET', KEYS[1])
if not m and ARGV[2] and redis.call('ZCARD', '@PREFIX@:rooms') >= tonumber(ARGV[2]) then return {13} end
local ep, ge, bi, l, lt, n, B, b0, T, tc, xe, F, K, KB, M, MB, pt, po, pp =
  epn, '', string.sub(epn, 1, 8), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
local past, tail = '', ''
if m then
  ep, ge, bi, l, lt, n, B, b0, T, tc, xe, F, K, KB, M, MB, pt, po, pp = struct.unpack('<c12c8c8dddddddddddddddd', m)
  past = string.sub(m, 158, 157 + 20 * string.byte(m, 157))
  tail = string.sub(m, 158 + #past)
else
  redis.call('DEL', KEYS[2], keys, set, removed)
end
local isNew = ge ~= '@GEN@' or (ep == ep0 and head > l)
if isNew then
  -- What there is of the epoch so far, and of those before it, is in the new one at the same offsets.
  if m then
    local kept = ep .. struct.pack('<d', l)
    for i = 1, math.min(#past, 140), 20 do
      kept = kept .. string.sub(past, i, i + 11) .. struct.pack('<d', math.min(l, (struct.unpack('<d', past, i + 12))))
    end
    past = kept
  end
  ep, ge = epn, '@GEN@'
end
@time@
@gone@
-- Of a hub that has had the room, and is not in the list any more, it is not known what was taken: line -1.
local sl, ss = head < 0 and 0 or -1, 0
if most > 0 then
  -- The hub has the room open. Of others those stay that live.
  local others = ''
  for i = 1, #tail, 25 do
    local other = string.sub(tail, i, i + 7)
    if other == hub then sl, ss = struct.unpack('<dd', tail, i + 8)
    elseif redis.call('HEXISTS', '@PREFIX@:beats', other) == 1 then others = others .. string.sub(tail, i, i + 24) end
  end
  tail = string.sub(others, #others < 1600 and 1 or 26) .. hub .. struct.pack('<dd', line > 0 and line or sl, line > 0 and 0 or ss) .. '\1'
  @trim@
end
tail = string.char(#past / 20) .. past .. tail
-- Full, it cannot close a line, nor begin a room or an epoch; it tells what there is all the same.
call = redis.pcall
@write@
if type(written) == 'table' and written.err and (line > 0 or isNew) then return {10} end
if isNew and m then
  local told = {}
  @hubs@
  @tell@
end
local whole, messages, changes = ep ~= ep0 or head < T or head < F, nil, {}
if whole then
  messages, changes = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', most), redis.call('HVALS', keys)
else
  messages = redis.call('XRANGE', KEYS[2], string.format('%.0f-0', head + 1), '+', 'COUNT', most)
  for _, of in ipairs({set, removed}) do
    for _, field in ipairs(redis.call('ZRANGEBYSCORE', of, string.format('(%.0f', head), '+inf')) do
      changes[#changes + 1] = redis.call('HGET', keys, field)
    end
  end
end
return {0, ep, l, lt, T, F, n, sl, ss, whole and 1 or 0, messages, changes, past}
