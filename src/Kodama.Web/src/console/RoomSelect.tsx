import { useMemo } from 'preact/hooks';
import type { Room } from '../hub/wire';

interface Props {
  rooms: ReadonlyMap<string, Room>;
  /** The room that is chosen, whether it is there still or not; empty for all. */
  room: string;
  /** What stands for all. */
  all: string;
  label: string;
  testid: string;
  onRoom: (name: string) => void;
}

/** One of the rooms, or all. */
export function RoomSelect({ rooms, room, all, label, testid, onRoom }: Props) {
  const names = useMemo(() => [...new Set([...rooms.keys(), ...(room ? [room] : [])])].sort(), [rooms, room]);
  return (
    <select
      class="input input-small"
      data-testid={testid}
      aria-label={label}
      value={room}
      onChange={event => onRoom(event.currentTarget.value)}
    >
      <option value="">{all}</option>
      {names.map(name => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
