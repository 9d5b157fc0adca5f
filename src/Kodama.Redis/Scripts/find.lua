-- Whether something was published under an id. KEYS: room, stream, ids. ARGV: head, '', '', id, digest, first seen.
@check@
@head@
@meta@
@time@
@ids@
local answer
@known@
return answer or {0}
