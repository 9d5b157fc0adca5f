import type { KodamaError } from "./error";
import type { Message, Payload, PublicationObject } from "./messages";
import type { Room, RoomOptions } from "./room";

export type Status = "connecting" | "connected" | "reconnecting" | "closed";

export interface HubEvents {
  /** Each change, and each attempt that failed. `cause`: why there is no connection. */
  status: (status: Status, cause?: KodamaError) => void;
  /** Said to this client alone, or by the hub's program to all. */
  direct: (message: Message) => void;
}

/** A connection that is made again until it is closed. */
export interface Hub {
  readonly status: Status;
  /** Resolves with the first connection; rejects with what ended the client before it. */
  readonly ready: Promise<void>;
  /** Resolves when the client has ended: with why, or nothing after `close()`. */
  readonly closed: Promise<KodamaError | undefined>;
  /** What others see this client as (`from`); undefined before the first connection. */
  readonly session: string | undefined;
  /** The id of this connection. */
  readonly peer: string | undefined;
  /** Calls the handler from now on; returns a function that ends it. */
  on<E extends keyof HubEvents>(event: E, handler: HubEvents[E]): () => void;
  /** Joins a room, and again after each reconnection. The same one, with the options of its first call, while it is not left. */
  room(name: string, options?: RoomOptions): Room;
  /** Says something to one session or peer. At most once. */
  send(to: string, payload: Payload | Omit<PublicationObject, "transient">): Promise<void>;
  /** Ends the client. What waits is rejected with `CLOSED`. */
  close(): Promise<void>;
}
