import { hub } from '../hub/here';
import { language, setLanguage, useTexts, type Language } from '../i18n/language';
import { Icon } from '../ui/Icon';
import { useStore } from '../ui/store';
import { Mark } from './Mark';
import { show, view, views } from './route';
import { nextTheme, theme } from './theme';

const ownNames: Record<Language, string> = { en: 'English', ja: '日本語' };

export function Header() {
  const t = useTexts();
  const current = useStore(view);
  const name = useStore(hub)?.name;

  return (
    <header class="header">
      <div class="brand">
        <Mark />
        <span class="brand-name">Kodama</span>
        {name && (
          <bdi class="brand-hub" data-testid="hub-name">
            {name}
          </bdi>
        )}
      </div>
      <nav class="nav" aria-label={t.views}>
        {views.map(target => (
          <a
            key={target}
            href={'#' + target}
            class="nav-link"
            data-testid={'nav-' + target}
            aria-current={current === target ? 'page' : undefined}
            onClick={event => {
              event.preventDefault();
              show(target);
            }}
          >
            {t[target]}
          </a>
        ))}
      </nav>
      <ThemeSwitch />
      <LanguageSwitch label={t.language} />
    </header>
  );
}

/** As the device does, light, dark, and around again. */
function ThemeSwitch() {
  const t = useTexts();
  const current = useStore(theme);
  const name = { auto: t.themeAuto, light: t.themeLight, dark: t.themeDark }[current];
  return (
    <button
      type="button"
      class="theme"
      data-testid="theme"
      data-theme-choice={current}
      title={t.theme(name)}
      aria-label={t.theme(name)}
      onClick={nextTheme}
    >
      <Icon line={1.5}>
        {current !== 'dark' && <circle cx="10" cy="10" r={current === 'auto' ? 7 : 3.5} />}
        {current === 'auto' && <path d="M10 3v14a7 7 0 0 0 0-14" fill="currentColor" />}
        {current === 'light' && (
          <>
            <path d="M10 2v1.500m0 13V18M2 10h1.500m13 0H18" />
            <path d="M4.300 4.300l1.100 1.100m9.200 9.200 1.100 1.100M4.300 15.700l1.100-1.100m9.200-9.200 1.100-1.100" />
          </>
        )}
        {current === 'dark' && <path d="M16.500 12A7 7 0 1 1 8 3.500a5.500 5.500 0 0 0 8.500 8.500z" />}
      </Icon>
    </button>
  );
}

function LanguageSwitch({ label }: { label: string }) {
  const current = useStore(language);
  return (
    <select
      class="language"
      aria-label={label}
      data-testid="language"
      value={current}
      onChange={event => setLanguage(event.currentTarget.value as Language)}
    >
      {Object.entries(ownNames).map(([tag, name]) => (
        <option key={tag} value={tag} lang={tag}>
          {name}
        </option>
      ))}
    </select>
  );
}
