import type { Clock } from "./api/options";

export const systemClock: Clock = {
  now: () => performance.now(),
  // A longer delay than 31 bits hold would be none.
  setTimeout: (callback, ms) => setTimeout(callback, Math.min(ms, 2 ** 31 - 1)),
  clearTimeout: timer => clearTimeout(timer as number),
  random: () => Math.random(),
};
