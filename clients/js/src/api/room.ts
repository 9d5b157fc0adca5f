import type { KodamaError } from "./error";
import type {
  Acknowledgement, Gap, History, Member, Message, Payload, PresenceChange, Publication, StateChange, StateEntry,
} from "./messages";

/** Where the first join begins, and what it tells. */
export interface RoomOptions {
  /** Begins behind this position, with a gap if that cannot be. Goes before the others. */
  after?: string;
  /** Begins with so many messages that are kept. */
  last?: number;
  /** Begins with messages of that time (ms since 1970 UTC) and later. */
  since?: number;
  /** Tells who is a member. */
  presence?: boolean;
  /** Tells the state. */
  state?: boolean;
  /** For the rules of the room. */
  token?: string;
}

export interface RoomEvents {
  message: (message: Message) => void;
  gap: (gap: Gap) => void;
  presence: (change: PresenceChange) => void;
  state: (change: StateChange) => void;
  /** The rules do not let the client be in the room. The room is over. */
  left: (error: KodamaError) => void;
}

/** A room that the client is in, over all reconnections. */
export interface Room {
  readonly name: string;
  /** Resolves with the first join; rejects with its refusal. */
  readonly joined: Promise<void>;
  /** How far everything was told; undefined before the first join. */
  readonly position: string | undefined;
  /** By the member's id; live with the option `presence`, else empty. */
  readonly members: ReadonlyMap<string, Member>;
  /** By key; live with the option `state`, else empty. */
  readonly state: ReadonlyMap<string, StateEntry>;
  /** Calls the handler from now on; returns a function that ends it. */
  on<E extends keyof RoomEvents>(event: E, handler: RoomEvents[E]): () => void;
  /** Messages and gaps from now on. Keeps up to `limit` (1,024) that were not taken; then the oldest go, and a gap tells their number. */
  messages(options?: { limit?: number }): AsyncIterableIterator<Message | Gap>;
  /** Resolves when the hub has it. Sent again over reconnections until then, and published once. */
  publish(publication: Publication): Promise<Acknowledgement>;
  /** The newest messages, those before a position, or those after one; 100 unless told. */
  history(page?: { before?: string; after?: string; limit?: number }): Promise<History>;
  /** Becomes a member, or changes its data (JSON). Entered again after each reconnection. */
  enter(data?: unknown): Promise<Acknowledgement>;
  exit(): Promise<Acknowledgement>;
  /** Sets a key; a bound one goes when this client goes. */
  set(key: string, value: Payload, options?: { bound?: boolean }): Promise<Acknowledgement>;
  remove(key: string): Promise<Acknowledgement>;
  /** Tells nothing more, and leaves when what waits has been acknowledged. */
  leave(): Promise<void>;
}
