import { useEffect, useState } from 'preact/hooks';
import { hub } from '../hub/here';
import { trustPage } from '../hub/trust';
import { useTexts } from '../i18n/language';
import { tab } from '../ui/memory';
import { useStore } from '../ui/store';

const dismissed = 'trust.dismissed';

/** On plain http, where the hub speaks https too: the way there. */
export function TrustBanner() {
  const t = useTexts();
  const info = useStore(hub);
  const [page, setPage] = useState('');

  useEffect(() => {
    if (info && !tab.read(dismissed)) void trustPage(info, globalThis.isSecureContext).then(setPage);
  }, [info]);

  if (!page) return null;
  const dismiss = () => {
    tab.write(dismissed, '1');
    setPage('');
  };
  return (
    <aside class="trust" data-testid="trust">
      <p>
        {t.trustLead} <a href={page}>{t.trustHow}</a>
      </p>
      <button type="button" class="button" data-testid="trust-dismiss" onClick={dismiss}>
        {t.trustLater}
      </button>
    </aside>
  );
}
