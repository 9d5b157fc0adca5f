import { useEffect } from 'preact/hooks';
import { ConsoleView } from '../console/ConsoleView';
import { hub } from '../hub/here';
import { useTexts } from '../i18n/language';
import { JoinView } from '../join/JoinView';
import { useStore } from '../ui/store';
import { Header } from './Header';
import { view } from './route';
import { TrustBanner } from './TrustBanner';

export function App() {
  const t = useTexts();
  const current = useStore(view);
  const name = useStore(hub)?.name;

  useEffect(() => {
    document.title = [t[current], name, 'Kodama'].filter(Boolean).join(' · ');
  }, [t, current, name]);

  return (
    <>
      <a
        class="skip"
        href="#content"
        onClick={event => {
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        {t.skip}
      </a>
      <Header />
      <TrustBanner />
      <main id="content" class={'view view-' + current} tabIndex={-1}>
        {current === 'join' ? <JoinView /> : <ConsoleView />}
      </main>
    </>
  );
}
