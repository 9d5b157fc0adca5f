import { useTexts } from '../i18n/language';
import type { Session } from './Session';
import type { Outgoing } from './talk';

/** What the person wrote and the room has not yet shown. */
export function OutgoingList({ outgoing, session }: { outgoing: readonly Outgoing[]; session: Session }) {
  const t = useTexts();
  const notes = { queued: t.queued, sent: t.sending, unconfirmed: t.unconfirmed, refused: t.notTaken };

  return (
    <div class="outgoing" data-testid="outgoing">
      {outgoing.map(one => (
        <div key={one.key} class={'message mine pending pending-' + one.state} data-testid="pending" data-state={one.state}>
          <div class="bubble">
            <bdi class="payload" dir="auto">
              {one.text}
            </bdi>
          </div>
          <div class="pending-note">
            <span>
              {notes[one.state]} <bdi>{one.reason}</bdi>
            </span>
            {(one.state === 'unconfirmed' || one.state === 'refused') && (
              <button type="button" class="link" onClick={() => session.sendAgain(one.key)}>
                {t.sendAgain}
              </button>
            )}
            {one.state !== 'sent' && (
              <button type="button" class="link" onClick={() => session.discard(one.key)}>
                {t.discard}
              </button>
            )}
          </div>
        </div>
      ))}
    </div>
  );
}
