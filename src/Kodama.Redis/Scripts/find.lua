-- Whether something was published under an id. KEYS: room, stream, ids. ARGV: head, '', '', id, digest, first seen.
@check@
local hub, line, seq, ep0, size, mm, mb, age, now = struct.unpack('<c8ddc12ddddd', ARGV[1])
@meta@
@time@
@ids@
local answer
@known@
return answer or {0}
