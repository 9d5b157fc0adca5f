import { useState } from 'preact/hooks';
import { disconnect } from '../../hub/actions';
import { nameOf } from '../../hub/names';
import type { Peer } from '../../hub/wire';
import { useTexts } from '../../i18n/language';
import { Dialog, DialogFoot } from '../../ui/Dialog';
import { tell, ToldLine, type Told } from './told';

/** Of a close frame, which holds what the peer is told. */
const longestReason = 120;

interface Props {
  peer: Peer;
  onDone: (text: string) => void;
  onClose: () => void;
}

/** Asks why, and disconnects a peer. */
export function Disconnect({ peer, onDone, onClose }: Props) {
  const t = useTexts();
  const name = nameOf(peer);
  const [reason, setReason] = useState('');
  const [told, setTold] = useState<Told>();
  const isLong = new TextEncoder().encode(reason).length > longestReason;

  const act = async (close: () => void) => {
    const outcome = await disconnect(peer.id, reason.trim());
    if (!outcome.ok) return setTold(tell(outcome, t, () => ''));
    close();
    onDone(t.disconnected(name));
  };

  return (
    <Dialog title="disconnect-title" testid="disconnect-dialog" onClose={onClose}>
      {close => (
        <form
          onSubmit={event => {
            event.preventDefault();
            if (!isLong) void act(close);
          }}
        >
          <h2 id="disconnect-title">
            <bdi>{t.disconnectTitle(name)}</bdi>
          </h2>
          <p class="hint">
            <bdi>{[peer.rooms.join(', '), peer.door, peer.address].filter(Boolean).join(' · ')}</bdi>
          </p>
          <p>{t.disconnectLead}</p>
          <label class="label" for="disconnect-reason">
            {t.reason}
          </label>
          <input
            id="disconnect-reason"
            class="input"
            data-testid="disconnect-reason"
            autocomplete="off"
            aria-invalid={isLong}
            aria-describedby={isLong ? 'disconnect-long' : undefined}
            value={reason}
            onInput={event => setReason(event.currentTarget.value)}
          />
          <p class="error" role="status" id="disconnect-long">
            {isLong && t.reasonLong}
          </p>
          <ToldLine told={told} testid="disconnect-told" />
          <DialogFoot close={close} label={t.cancel}>
            <button type="submit" class="button button-danger" data-testid="disconnect-yes">
              {t.disconnect}
            </button>
          </DialogFoot>
        </form>
      )}
    </Dialog>
  );
}
