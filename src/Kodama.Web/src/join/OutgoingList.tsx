import { size } from '../i18n/format';
import { useTexts } from '../i18n/language';
import type { Session } from './Session';
import type { Outgoing } from './talk';

/** What the person wrote and the room has not yet shown. */
export function OutgoingList({ outgoing, session }: { outgoing: readonly Outgoing[]; session: Session }) {
  const t = useTexts();
  const notes = { queued: t.queued, sent: t.sending, unconfirmed: t.unconfirmed, refused: t.notTaken, preparing: t.preparing };

  return (
    <div class="outgoing" data-testid="outgoing">
      {outgoing.map(one => (
        <div key={one.key} class={'message mine pending pending-' + one.state} data-testid="pending" data-state={one.state}>
          <div class="bubble">
            {one.file ? (
              <span class="file-line">
                <bdi class="file-name">{one.file.name}</bdi>
                <span class="file-size">{size(one.file.length)}</span>
              </span>
            ) : (
              <bdi class="payload" dir="auto">
                {one.text}
              </bdi>
            )}
            {one.file && one.state === 'sent' && (
              <progress class="file-progress" aria-label={t.sending} {...(one.progress !== undefined && { value: one.progress })} />
            )}
          </div>
          <div class="pending-note">
            <span>
              {one.most === undefined ? notes[one.state] : t.tooLarge(size(one.most))} <bdi>{one.reason}</bdi>
            </span>
            {(one.state === 'unconfirmed' || one.state === 'refused') && one.most === undefined && (
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
