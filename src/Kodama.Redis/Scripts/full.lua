-- That Redis is full shows at the first that it writes: what was answered before is answered all the same.
if not wrote then
  if i > 1 then
    if redis.pcall('SET', KEYS[1], m, 'KEEPTTL').err then break end
  elseif form == 1 then
    redis.call('SET', KEYS[1], m, 'KEEPTTL')
  end
  wrote = true
end
