import { useTexts } from '../i18n/language';
import type { Texts } from '../i18n/texts';
import { Denied } from '../ui/Denied';
import { leave } from './seat';
import type { Ending, Session, Status } from './Session';

/** Why we are not in the room and will not come back by ourselves, and what a person can do about it. */
export function Notice({ status, session }: { status: Status; session: Session }) {
  const t = useTexts();

  if (status.kind === 'denied') {
    return (
      <div class="notice" data-testid="notice">
        <Denied message={status.message} onToken={() => session.status.value.kind === 'denied' && session.start()} />
      </div>
    );
  }

  if (status.kind !== 'ended') return null;
  const own = { blocked: t.handshakeRefused, elsewhere: t.elsewhereReason, refused: '', ended: '', left: '', closed: '' }[status.why];
  return (
    <div class="notice" role="alert" data-testid="notice">
      <h2>{endingTitle(status.why, t)}</h2>
      <p>
        <bdi data-testid="reason">{own || status.reason || t.noReason}</bdi>
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

export function endingTitle(why: Ending, t: Texts): string {
  return { refused: t.refused, ended: t.ended, left: t.takenOut, closed: t.failed, elsewhere: t.elsewhere, blocked: t.failed }[why];
}
