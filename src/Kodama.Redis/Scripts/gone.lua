-- The stream has gone by its age.
if n > 0 and t >= xe - 1000 and redis.call('EXISTS', KEYS[2]) == 0 then n, b0, T = 0, B, l end
