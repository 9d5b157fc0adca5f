import { useTexts } from '../i18n/language';
import { useDenial } from '../ui/Denied';
import { endingTitle } from './Notice';
import type { Status } from './Session';

/** As if the network had come back: whatever on this page waits for its next attempt makes it at once. */
const hurry = () => dispatchEvent(new Event('online'));

export function StatusLine({ status }: { status: Status }) {
  const t = useTexts();
  const denial = useDenial();
  const text = {
    connecting: t.connecting,
    online: t.online,
    waiting: t.waiting,
    ended: status.kind === 'ended' ? endingTitle(status.why, t) : '',
    denied: denial === 'token' ? t.tokenNeeded : t.loginNeeded,
  }[status.kind];

  return (
    <div class={'status status-' + status.kind}>
      <span class="dot" aria-hidden="true" />
      <span role="status" data-testid="status">
        {text}
      </span>
      {status.kind === 'waiting' && (
        <button type="button" class="link" data-testid="try-now" onClick={hurry}>
          {t.tryNow}
        </button>
      )}
    </div>
  );
}
