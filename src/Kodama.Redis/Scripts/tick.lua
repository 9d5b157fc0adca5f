-- A transient message, behind the last entry. KEYS: room, stream. ARGV: head, entry.
@check@
@head@
@meta@
@line@
@time@
@write@
local told = ep .. struct.pack('<dddd', -1 - l, T, s, 0) .. string.sub(ARGV[1], 1, 24) .. ARGV[2]
@tell@
return {0, 0, s}
