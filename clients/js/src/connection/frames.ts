/** What the hub says (docs/specs/kodama.v1.md), as much of it as this client knows. */
export interface Frame {
  type: string;
  n?: number;
  room?: string;
  code?: string;
  text?: string;
  position?: string;
  duplicate?: boolean;
  echo?: boolean;
  gap?: boolean | number;
  more?: boolean;
  live?: boolean;
  at?: string;
  offset?: number;
  time?: number;
  from?: string;
  name?: string;
  id?: string;
  event?: string;
  args?: unknown[];
  binary?: boolean;
  base64?: string;
  transient?: boolean;
  direct?: boolean;
  action?: string;
  member?: string;
  data?: unknown;
  key?: string;
  bound?: boolean;
  messages?: Frame[];
  members?: Frame[];
  state?: Frame[];
  peer?: string;
  session?: Session;
  resumed?: boolean;
  limits?: { frame: number };
  /** Where the other hubs are: the addresses of each. */
  cluster?: string[][];
  /** The binary frame behind it. */
  bytes?: Uint8Array;
}

export interface Session {
  id: string;
  secret: string;
}
