-- Whether something was published under an id. KEYS: room, stream, ids. ARGV: head, record, id.
@check@
@head@
@meta@
@time@
local id, seen, digest = ARGV[3], struct.unpack('<dc16', ARGV[2], 11)
local r = redis.call('HMGET', KEYS[3], id, 'f', 'b')
local here = r[3] == bi
local author, known, code, first = {forgotten = here and tonumber(r[2]) or pp}, here and r[1], nil, nil
@known@
return {code or 0, first or 0}
