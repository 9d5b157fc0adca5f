import type { KodamaError } from "../api/error";
import type { Connection } from "../connection/connection";
import type { Frame } from "../connection/frames";
import type { RoomClient } from "./room";
import type { Ending } from "./seat";

/**
 * The rooms of a client by name. One that is joined again before it has been left waits for that, so that there is one seat of a name at a
 * time, and what the hub says of it has one receiver.
 */
export class Rooms {
  // The first of a name is in the room; those behind it wait.
  readonly #rooms = new Map<string, RoomClient[]>();
  #connection: Connection | undefined;

  /** The room of this name that is not being left, or the one that is made. */
  get(name: string, make: () => RoomClient): RoomClient {
    const rooms = this.#rooms.get(name) ?? [];
    const last = rooms.at(-1);
    if (last && !last.seat.isLeaving) return last;
    const room = make();
    this.#rooms.set(name, [...rooms, room]);
    if (!last) this.#begin(room);
    return room;
  }

  take(frame: Frame): void {
    this.#rooms.get(frame.room!)?.[0]!.seat.take(frame);
  }

  connected(connection: Connection): void {
    this.#connection = connection;
    for (const [room] of this.#rooms.values()) this.#begin(room!);
  }

  disconnected(): void {
    this.#connection = undefined;
    for (const [room] of [...this.#rooms.values()]) room!.seat.disconnected();
  }

  end(reason: KodamaError, ending: Ending): void {
    this.#connection = undefined;
    for (const room of [...this.#rooms.values()].flat()) room.seat.end(reason, ending);
  }

  /** One has ended. */
  remove(room: RoomClient): void {
    const rooms = this.#rooms.get(room.name)!;
    const others = rooms.filter(other => other !== room);
    if (others.length === 0) this.#rooms.delete(room.name);
    else this.#rooms.set(room.name, others);
    if (others[0] && others[0] !== rooms[0]) this.#begin(others[0]);
  }

  #begin(room: RoomClient): void {
    if (this.#connection) room.seat.connected(this.#connection);
  }
}
