-- Milliseconds: t by the clock, s as entries have it, never before the last one's. Where ids of more than two minutes ago end: pp.
local t = now
if t == 0 then
  local x = redis.call('TIME')
  t = x[1] * 1000 + math.floor(x[2] / 1000)
end
local s = t < lt and lt or t
if t - pt >= 120000 then
  pp = t - pt < 240000 and po or l
  po, pt = l, t
end
