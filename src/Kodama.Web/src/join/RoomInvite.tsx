import { useEffect, useRef } from 'preact/hooks';
import { askHub } from '../hub/here';
import { useTexts } from '../i18n/language';
import { CopyButton } from '../ui/CopyButton';
import { InviteCode, useLinks } from '../ui/InviteCode';

/** The room's own link and code. */
export function RoomInvite({ room, onClose }: { room: string; onClose: () => void }) {
  const t = useTexts();
  const links = useLinks(room);
  const address = links.addresses[0]!;
  const link = links.of(address);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // Its addresses may be of before a change of network.
    void askHub();
  }, []);

  return (
    <dialog
      ref={dialog}
      class="card invite-dialog"
      aria-labelledby="invite-room"
      data-testid="room-invite"
      onClose={onClose}
      onClick={event => event.target === dialog.current && dialog.current?.close()}
    >
      <div class="invite-room">
        <h2 id="invite-room">
          <bdi>{t.inviteRoom(room)}</bdi>
        </h2>
        <InviteCode links={links} address={address} room={room} />
        <p class="room-link">
          <bdi dir="ltr" data-testid="room-link">
            {link}
          </bdi>
          <CopyButton text={link} label={t.link} />
        </p>
        <button type="button" class="button button-wide" onClick={() => dialog.current?.close()}>
          {t.close}
        </button>
      </div>
    </dialog>
  );
}
