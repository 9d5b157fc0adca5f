import type { Room } from '../hub/wire';
import { useTexts } from '../i18n/language';
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
          <li key={one.name}>
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
          </li>
        ))}
      </ul>
      {sorted.length > shown && <p class="hint">{t.more(sorted.length - shown)}</p>}
    </section>
  );
}
