import { device } from '../ui/memory';
import { Store, useStore } from '../ui/store';
import { en } from './en';
import { ja } from './ja';
import type { Texts } from './texts';

export const languages = { en, ja } satisfies Record<string, Texts>;
export type Language = keyof typeof languages;

/** What the person chose, else the first language of the browser that there is. */
export function choose(remembered: string, preferred: readonly string[]): Language {
  const wanted = [remembered, ...preferred].map(tag => tag.slice(0, 2).toLowerCase());
  return wanted.find((tag): tag is Language => Object.hasOwn(languages, tag)) ?? 'en';
}

export const language = new Store<Language>('en');

export function startLanguage(): void {
  const follow = () => (document.documentElement.lang = language.value);
  language.subscribe(follow);
  language.set(choose(device.read('language'), navigator.languages));
  follow();
}

export function setLanguage(chosen: Language): void {
  device.write('language', chosen);
  language.set(chosen);
}

export function useTexts(): Texts {
  return languages[useStore(language)];
}
