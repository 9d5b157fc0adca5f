import { hub } from '../hub/here';
import { language, setLanguage, useTexts, type Language } from '../i18n/language';
import { useStore } from '../ui/store';
import { Mark } from './Mark';
import { show, view, views } from './route';

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
      <LanguageSwitch label={t.language} />
    </header>
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
