local hub, line, seq, ep0, size, mm, mb, age, now, head = struct.unpack('<c8ddc12dddddd', ARGV[1])
