import { useEffect } from 'preact/hooks';
import { askHub } from '../hub/here';
import { useTexts } from '../i18n/language';
import { CopyButton } from '../ui/CopyButton';
import { Dialog } from '../ui/Dialog';
import { InviteCode, useLinks } from '../ui/InviteCode';

/** The room's own link and code. */
export function RoomInvite({ room, onClose }: { room: string; onClose: () => void }) {
  const t = useTexts();
  const links = useLinks(room);
  const address = links.addresses[0]!;
  const link = links.of(address);
  // Its addresses may be of before a change of network.
  useEffect(() => void askHub(), []);

  return (
    <Dialog title="invite-room" testid="room-invite" class="invite-dialog" onClose={onClose}>
      {close => (
        <>
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
          <button type="button" class="button button-wide" onClick={close}>
            {t.close}
          </button>
        </>
      )}
    </Dialog>
  );
}
