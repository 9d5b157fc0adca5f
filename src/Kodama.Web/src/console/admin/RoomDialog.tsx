import { useState } from 'preact/hooks';
import { closeRoom } from '../../hub/actions';
import type { Room } from '../../hub/wire';
import { useTexts } from '../../i18n/language';
import { Confirm } from '../../ui/Confirm';
import { Dialog, DialogFoot } from '../../ui/Dialog';
import { RoomState } from './RoomState';
import { tell, ToldLine, type Told } from './told';

interface Props {
  name: string;
  /** As it is now; undefined once it is gone. */
  room: Room | undefined;
  onClose: () => void;
}

/** What whoever runs the hub may do with a room. */
export function RoomDialog({ name, room, onClose }: Props) {
  const t = useTexts();
  const [told, setTold] = useState<Told>();

  return (
    <Dialog title="room-dialog-title" testid="room-dialog" onClose={onClose}>
      {close => (
        <>
          <div>
            <h2 id="room-dialog-title">
              <bdi>{name}</bdi>
            </h2>
            <p class="hint">{room ? `${t.roomPeers(room.peers)} · ${t.roomOffset(room.offset)}` : t.nobodyIn}</p>
          </div>
          <RoomState room={name} />
          <section class="dialog-section" aria-labelledby="room-close-title">
            <h3 id="room-close-title">{t.closeRoom}</h3>
            <p class="hint">{t.closeRoomLead}</p>
            <Confirm
              label={t.closeRoom}
              question={t.closeRoomQuestion(room?.peers ?? 0)}
              testid="close-room"
              onConfirm={async () => setTold(tell(await closeRoom(name), t, t.roomClosed))}
            />
            <ToldLine told={told} testid="close-room-told" />
          </section>
          <DialogFoot close={close} label={t.close} />
        </>
      )}
    </Dialog>
  );
}
