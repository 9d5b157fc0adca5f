import { useTexts } from '../i18n/language';
import { useDenial } from '../ui/Denied';
import type { Status } from './Session';

export function StatusLine({ status, onHurry }: { status: Status; onHurry: () => void }) {
  const t = useTexts();
  const denial = useDenial();
  const text = {
    connecting: t.connecting,
    online: t.online,
    waiting: t.waiting,
    ended: t.ended,
    denied: denial === 'token' ? t.tokenNeeded : t.loginNeeded,
    failed: t.failed,
    refused: t.failed,
  }[status.kind];

  return (
    <div class={'status status-' + status.kind}>
      <span class="dot" aria-hidden="true" />
      <span role="status" data-testid="status">
        {status.kind === 'ended' && status.code === 3000 ? t.refused : text}
      </span>
      {status.kind === 'waiting' && (
        <button type="button" class="link" data-testid="try-now" onClick={onHurry}>
          {t.tryNow}
        </button>
      )}
    </div>
  );
}
