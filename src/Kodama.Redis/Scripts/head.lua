local hub, line, seq, ep0, count, mm, mb, age, now, head = struct.unpack('<c8ddc12dddddd', ARGV[1])
local room = string.sub(KEYS[1], #'@PREFIX@' + 4)
local keys, set, removed = '@PREFIX@:k:' .. room, '@PREFIX@:z:' .. room, '@PREFIX@:x:' .. room
