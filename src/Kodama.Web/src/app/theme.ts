import { device } from '../ui/memory';
import { Store } from '../ui/store';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** What the person chose, on this device; `auto` is as the device does. */
export const theme = new Store<Theme>('auto');
/** What is seen. */
export const scheme = new Store<'light' | 'dark'>('light');

export function startTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = () => {
    scheme.set(theme.value === 'auto' ? (dark.matches ? 'dark' : 'light') : theme.value);
    document.documentElement.dataset.theme = scheme.value;
    // The bars of a phone's browser around the page.
    const ground = getComputedStyle(document.documentElement).getPropertyValue('--surface').trim();
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) meta.content = ground;
  };
  dark.addEventListener('change', follow);
  theme.subscribe(follow);
  theme.set(themes.find(known => known === device.read('theme')) ?? 'auto');
  follow();
}

export function nextTheme(): void {
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length]!;
  device.write('theme', next === 'auto' ? '' : next);
  theme.set(next);
}
