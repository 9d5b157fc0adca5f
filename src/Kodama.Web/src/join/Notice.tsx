import { useTexts } from '../i18n/language';
import type { Texts } from '../i18n/texts';
import { Denied } from '../ui/Denied';
import { leave } from './seat';
import type { Session, Status } from './Session';

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

  const why = explain(status, t);
  if (!why) return null;
  return (
    <div class="notice" role="alert" data-testid="notice">
      <h2>{why.title}</h2>
      <p>
        <bdi data-testid="reason">{why.reason || t.noReason}</bdi>
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

function explain(status: Status, t: Texts): { title: string; reason: string } | undefined {
  switch (status.kind) {
    case 'ended':
      return { title: status.code === 3000 ? t.refused : t.ended, reason: status.reason };
    case 'failed':
      return { title: t.failed, reason: status.message };
    case 'refused':
      return { title: t.failed, reason: t.handshakeRefused };
    default:
      return undefined;
  }
}
