if known then
  code, first = 2, 0
  if string.sub(known, 9) == digest then code, first = 1, struct.unpack('<d', known) end
elseif id and seen ~= -1 and (seen < 0 or seen > l or seen < author.forgotten) then
  code = 3
end
