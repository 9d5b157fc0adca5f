import { useTexts } from '../i18n/language';
import { TokenForm } from '../ui/TokenForm';
import { token } from '../hub/here';
import { leave } from './seat';
import type { Session, Status } from './Session';

/** Why we are not in the room and will not come back by ourselves, and what a person can do about it. */
export function Notice({ status, session }: { status: Status; session: Session }) {
  const t = useTexts();

  if (status.kind === 'denied') {
    return (
      <div class="notice" data-testid="notice">
        <TokenForm
          {...(token.value && status.message && { message: status.message })}
          onToken={() => session.status.value.kind === 'denied' && session.start()}
        />
      </div>
    );
  }

  if (status.kind !== 'ended' && status.kind !== 'failed') return null;
  const title = status.kind === 'failed' ? t.failed : status.code === 3000 ? t.refused : t.ended;
  const reason = status.kind === 'failed' ? status.message : status.reason;
  return (
    <div class="notice" role="alert" data-testid="notice">
      <h2>{title}</h2>
      <p>
        <bdi data-testid="reason">{reason || t.noReason}</bdi>
      </p>
      <div class="row">
        <button type="button" class="button button-primary" data-testid="rejoin" onClick={() => session.start()}>
          {t.rejoin}
        </button>
        <button type="button" class="button" data-testid="change-name" onClick={leave}>
          {t.changeName}
        </button>
      </div>
    </div>
  );
}
