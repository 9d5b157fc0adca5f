/** What is said, set or sent: a text, bytes, or the arguments of an event. */
export type Payload = string | ArrayBuffer | ArrayBufferView | PayloadObject;

/** Exactly one of `text`, `args` and `bytes`. */
export interface PayloadObject {
  text?: string;
  /** The arguments of an event: what JSON can say. */
  args?: readonly unknown[];
  bytes?: ArrayBuffer | ArrayBufferView;
}

/** What `publish` takes. */
export type Publication = string | ArrayBuffer | ArrayBufferView | PublicationObject;

export interface PublicationObject extends PayloadObject {
  /** `message` where it is left out. */
  event?: string;
  /** Takes no place in the room: for those who are there now, and never sent again. */
  transient?: boolean;
}

/** What was said, in one of three forms. */
export interface Content {
  text: string | undefined;
  args: unknown[] | undefined;
  bytes: Uint8Array | undefined;
}

/** Who, when and where. */
export interface Origin {
  /** Session of the author, or its peer; undefined for the hub's own program. */
  from: string | undefined;
  /** The author's detail of that name. */
  name: string | undefined;
  /** Under which its author said it. */
  id: string | undefined;
  /** Ms since 1970 UTC. */
  time: number;
  /** Whether this client's session has said it. */
  own: boolean;
}

export interface Message extends Content, Origin {
  type: "message";
  /** Empty for a direct message. */
  room: string;
  event: string;
  /** Undefined for what takes no place: transient and direct messages. */
  position: string | undefined;
  transient: boolean;
  /** Said by a peer to this client alone. */
  direct: boolean;
}

/** Entries between two positions are gone. */
export interface Gap {
  type: "gap";
  room: string;
  from: string | undefined;
  to: string | undefined;
  /** Messages that the reader of `messages()` was too slow for; undefined where the hub does not keep them any more. */
  missed: number | undefined;
}

export interface Member {
  id: string;
  name: string | undefined;
  data: unknown;
  time: number;
  position: string;
  own: boolean;
}

export interface StateEntry extends Content, Origin {
  key: string;
  position: string;
  /** Goes when its writer goes. */
  bound: boolean;
}

/** `list`: `members` was replaced as a whole. */
export type PresenceChange = { action: "enter" | "update" | "leave"; member: Member } | { action: "list" };

/** `list`: `state` was replaced as a whole. */
export type StateChange = { action: "set" | "remove"; entry: StateEntry } | { action: "list" };

/** A page of what the room keeps. */
export interface History {
  messages: Message[];
  /** From where a next page in the same direction goes on. */
  position: string;
  /** Whether some that it would have had are gone. */
  gap: boolean;
  /** Whether there are more in this direction. */
  more: boolean;
}

/** What the hub said of a change. */
export interface Acknowledgement {
  /** Its place in the room; undefined where it takes none. */
  position: string | undefined;
  /** Whether the hub had it already, from an attempt whose answer was lost. */
  duplicate: boolean;
}
