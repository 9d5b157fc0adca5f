import { useState } from 'preact/hooks';
import { admin } from '../hub/admin';
import type { Room } from '../hub/wire';
import { useTexts } from '../i18n/language';
import { Icon } from '../ui/Icon';
import { useStore } from '../ui/store';
import { RoomDialog } from './admin/RoomDialog';
import './rooms.css';

const shown = 100;

interface Props {
  rooms: ReadonlyMap<string, Room>;
  room: string;
  onRoom: (name: string) => void;
}

/** The rooms, fullest first. Choosing one narrows messages and peers to it; choosing it again shows all. */
export function Rooms({ rooms, room, onRoom }: Props) {
  const t = useTexts();
  const runs = useStore(admin).state === 'granted';
  const [managed, setManaged] = useState<string>();
  const sorted = [...rooms.values()].sort((a, b) => b.peers - a.peers || a.name.localeCompare(b.name));

  return (
    <section class="panel rooms" aria-labelledby="rooms-title">
      <div class="panel-head">
        <h2 id="rooms-title">{t.rooms}</h2>
        <span class="count">{rooms.size}</span>
      </div>
      {sorted.length === 0 && <p class="empty">{t.noRooms}</p>}
      <ul class="room-list">
        {sorted.slice(0, shown).map(one => (
          <li key={one.name} class="room-item">
            <button
              type="button"
              class="room-row"
              data-testid="room-row"
              aria-pressed={one.name === room}
              onClick={() => onRoom(one.name === room ? '' : one.name)}
            >
              <bdi class="room-row-name">{one.name}</bdi>
              {one.echo && <span class="tag">{t.echo}</span>}
              <span class="room-row-numbers">
                <span>{t.roomPeers(one.peers)}</span>
                <span>{t.roomOffset(one.offset)}</span>
              </span>
            </button>
            {runs && (
              <button
                type="button"
                class="room-manage"
                data-testid="manage-room"
                title={t.manageRoom(one.name)}
                aria-label={t.manageRoom(one.name)}
                onClick={() => setManaged(one.name)}
              >
                <Icon line={2.4}>
                  <path d="M4.500 10h.01M10 10h.01M15.500 10h.01" />
                </Icon>
              </button>
            )}
          </li>
        ))}
      </ul>
      {managed !== undefined && <RoomDialog name={managed} room={rooms.get(managed)} onClose={() => setManaged(undefined)} />}
      {sorted.length > shown && <p class="hint">{t.more(sorted.length - shown)}</p>}
    </section>
  );
}
