-- What is counted of the room, unless it is gone, or of another epoch or generation, or less than the hub has heard.
local m = redis.call('GET', KEYS[1])
if not m then return {7} end
local ep, ge, bi, l, lt, n, B, b0, T, tc, xe, F, K, KB, M, MB, pt, po, pp = struct.unpack('<c12c8c8dddddddddddddddd', m)
if ge ~= '@GEN@' or ep ~= ep0 or l < head then return {7} end
