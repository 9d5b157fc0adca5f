import type { Language } from './language';

const clocks = new Map<string, Intl.DateTimeFormat>();

export function clock(time: number, language: Language, seconds = false): string {
  const key = language + seconds;
  const format =
    clocks.get(key) ??
    new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(seconds && { second: '2-digit' }) });
  clocks.set(key, format);
  return format.format(time);
}

/** A moment to the millisecond, with its date and zone. */
export function moment(time: number, language: Language): string {
  return new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: language === 'ja' ? 'numeric' : 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(time);
}

/** Bytes in the unit that people read: 5 B, 1.2 KB, 3.4 MB. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, divisor] = bytes < 1_000_000 ? ['KB', 1000] : ['MB', 1_000_000];
  return `${(bytes / (divisor as number)).toFixed(1)} ${unit}`;
}

/** A duration in its two largest units, in digits that need no translation: 45s, 3m 20s, 5h 02m, 2d 4h. */
export function duration(milliseconds: number): string {
  const s = Math.max(0, Math.floor(milliseconds / 1000));
  const [m, h, d] = [Math.floor(s / 60), Math.floor(s / 3600), Math.floor(s / 86_400)];
  if (d > 0) return `${d}d ${h % 24}h`;
  if (h > 0) return `${h}h ${String(m % 60).padStart(2, '0')}m`;
  return m > 0 ? `${m}m ${String(s % 60).padStart(2, '0')}s` : `${s}s`;
}

/** A rate: one decimal while it is small enough to matter. */
export function rate(value: number | null | undefined, language: Language): string {
  if (value == null) return '–';
  return value.toLocaleString(language, { maximumFractionDigits: value < 10 ? 1 : 0 });
}
