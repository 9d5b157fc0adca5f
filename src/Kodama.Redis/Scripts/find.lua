-- Whether something was published under an id. KEYS: room, stream, ids. ARGV: head, record, nothing, id.
@check@
@head@
@meta@
@time@
@ids@
local author, id, seen, digest, known, code, first = authors[1], ARGV[4], struct.unpack('<dc16', ARGV[2], 11)
known = author.known[id]
@known@
return {code or 0, first or 0}
