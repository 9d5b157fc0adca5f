import { useEffect } from 'preact/hooks';
import { askHub, hub, token } from '../hub/here';
import { useTexts } from '../i18n/language';
import { useStore } from './store';
import { TokenForm } from './TokenForm';

/** What the hub wants of one whom it does not let in: its token, or a login that is not this page's affair. */
export function useDenial(): 'token' | 'login' {
  return useStore(hub)?.tokenRequired ? 'token' : 'login';
}

/** What a person can do who is not let in. `message` is the hub's. */
export function Denied({ message, onToken }: { message: string; onToken?: () => void }) {
  const t = useTexts();
  const denial = useDenial();
  const key = useStore(token);
  // What the hub said when the page was loaded may be of before its restart.
  useEffect(() => void askHub(), []);

  if (denial === 'token') return <TokenForm {...(key && message && { message })} {...(onToken && { onToken })} />;
  return (
    <div class="login-notice" role="alert" data-testid="login-notice">
      <p>{t.loginLead}</p>
      {message && (
        <p class="error">
          <bdi data-testid="reason">{message}</bdi>
        </p>
      )}
      <button type="button" class="button button-primary" data-testid="load-again" onClick={() => location.reload()}>
        {t.loadAgain}
      </button>
    </div>
  );
}
