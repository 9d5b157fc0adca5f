export const numbers = (count, first = 0) => Array.from({ length: count }, (_, index) => first + index);
