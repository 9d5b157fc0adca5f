/** What the hub says over HTTP (docs/specs/http.md), and decoders that take any JSON and never throw. */

import { fileEvent, fileOf, fileOfCut, isBase64, type SentFile } from './files';

export interface HubInfo {
  name: string;
  version: string;
  details: Details;
  echo: boolean;
  defaultRoom: string;
  tokenRequired: boolean;
  addresses: readonly string[];
  /** The name by which programs find it over mDNS; empty while they do not. */
  advertisedAs: string;
  startedAt: number;
  /** The cluster's id; empty for a hub that is alone. */
  cluster: string;
}

/** A hub of a cluster, with what it had to do some seconds ago. */
export interface ClusterHub {
  /** In the cluster. */
  id: string;
  /** By its own id, as peers name it. */
  hub: string;
  name: string;
  addresses: readonly string[];
  version: string;
  since: number;
  peers: number;
  rooms: number;
}

export type Details = Readonly<Record<string, string>>;

export interface Room {
  name: string;
  epoch: string;
  offset: number;
  peers: number;
  echo: boolean;
}

export interface Sender {
  id: string;
  details: Details;
}

export interface Peer extends Sender {
  rooms: readonly string[];
  door: string;
  address: string;
  user: string;
  connectedAt: number;
  messagesIn: number;
  /** At which hub of a cluster it is, in lists of all; empty in what the hub tells of its own. */
  hub: string;
}

export type Payload =
  | { kind: 'text'; text: string; cut: boolean; length: number }
  /** `data` is base64; empty where the hub has cut it. */
  | { kind: 'binary'; length: number; data: string }
  | { kind: 'args'; json: string; cut: boolean }
  | { kind: 'file'; file: SentFile };

export interface Message {
  room: string;
  epoch: string;
  offset: number;
  time: number;
  event: string;
  /** Absent when the hub itself spoke. */
  from?: Sender;
  payload: Payload;
}

export interface Stats {
  time: number;
  peers: number;
  rooms: number;
  messagesIn: number;
  messagesOut: number;
  dropped: number;
  refused: number;
}

export interface CloseReason {
  code: number;
  text: string;
}

/** Who was not let in, as whoever runs the hub is told. */
export interface Refusal {
  time: number;
  cause: string;
  address: string;
  /** The name or origin that it gave. */
  given: string;
  reason: string;
  /** Of `kodama serve`, which would let it in. */
  option: string;
}

/** A key of a room's state. */
export interface RoomKey {
  key: string;
  position: string;
  time: number;
  from?: Sender;
  payload: Payload;
}

export type HubEvent =
  /** With `refusals` where the hub knows the reader for whoever runs it. */
  | { type: 'snapshot'; room: Room | null; rooms: Room[]; peers: Peer[]; refusals?: Refusal[] }
  | { type: 'join'; room: string; peer: Peer; time: number }
  | { type: 'leave'; room: string; peer: Peer; time: number; reason?: CloseReason }
  | { type: 'message'; message: Message }
  | { type: 'stats'; stats: Stats }
  | { type: 'refusal'; refusal: Refusal }
  | { type: 'missed'; count: number };

export const eventTypes = ['snapshot', 'join', 'leave', 'message', 'stats', 'refusal', 'missed'] as const;

export function isEventType(name: string): name is HubEvent['type'] {
  return (eventTypes as readonly string[]).includes(name);
}

/**
 * Longest text that is kept of one message, in UTF-16 code units. The hub cuts at as many bytes of UTF-8, which are never fewer, so that
 * this bound matters only against a hub that does not.
 */
const maxText = 16 * 1024;
/** The same of one that is looked at by itself. */
const maxWhole = 1024 * 1024;

type Json = Readonly<Record<string, unknown>>;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const string = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const instant = (value: unknown): number => Date.parse(string(value)) || 0;

function details(value: unknown): Details {
  return Object.fromEntries(Object.entries(object(value)).map(([name, detail]) => [name, String(detail)]));
}

function room(value: unknown): Room {
  const o = object(value);
  return { name: string(o.name), epoch: string(o.epoch), offset: number(o.offset), peers: number(o.peers), echo: o.echo === true };
}

function sender(value: unknown): Sender {
  const o = object(value);
  return { id: string(o.id), details: details(o.details) };
}

function peer(value: unknown): Peer {
  const o = object(value);
  return {
    ...sender(value),
    rooms: list(o.rooms).map(string),
    door: string(o.door),
    address: string(o.address),
    user: string(o.user),
    connectedAt: instant(o.connectedAt),
    messagesIn: number(o.messagesIn),
    hub: string(o.hub),
  };
}

const addresses = (value: unknown): string[] =>
  list(value)
    .map(string)
    .filter(address => /^https?:\/\//.test(address));

function payload(o: Json, event: string, most = maxText): Payload {
  const cut = o.cut === true;
  const file = event !== fileEvent ? undefined : cut ? fileOfCut(string(o.text), number(o.length)) : fileOf(list(o.args));
  if (file) return { kind: 'file', file };
  if (typeof o.text === 'string')
    return { kind: 'text', text: o.text.slice(0, most), cut: cut || o.text.length > most, length: number(o.length) };
  if ('binary' in o) {
    const { base64, length } = object(o.binary);
    return { kind: 'binary', length: number(length) || number(o.length), data: cut || !isBase64(string(base64)) ? '' : string(base64) };
  }
  const json = JSON.stringify(list(o.args));
  return { kind: 'args', json: json.slice(0, most), cut: cut || json.length > most };
}

function stats(o: Json): Stats {
  return {
    time: instant(o.time),
    peers: number(o.peers),
    rooms: number(o.rooms),
    messagesIn: number(o.messagesIn),
    messagesOut: number(o.messagesOut),
    dropped: number(o.dropped),
    refused: number(o.refused),
  };
}

function refusal(value: unknown): Refusal {
  const o = object(value);
  return {
    time: instant(o.time),
    cause: string(o.cause),
    address: string(o.address),
    given: string(o.given),
    reason: string(o.reason),
    option: string(o.option),
  };
}

function message(o: Json, most?: number): Message {
  return {
    room: string(o.room),
    epoch: string(o.epoch),
    offset: number(o.offset),
    time: instant(o.time),
    event: string(o.event) || 'message',
    ...('from' in o && { from: sender(o.from) }),
    payload: payload(o, string(o.event), most),
  };
}

export function decodeHub(value: unknown): HubInfo {
  const o = object(value);
  return {
    name: string(o.name),
    version: string(o.version),
    details: details(o.details),
    echo: o.echo === true,
    defaultRoom: string(o.defaultRoom) || 'lobby',
    tokenRequired: o.tokenRequired === true,
    addresses: addresses(o.addresses),
    advertisedAs: string(o.advertisedAs),
    startedAt: instant(o.startedAt),
    cluster: string(object(o.cluster).id),
  };
}

export function decodeCluster(value: unknown): { own: string; hubs: ClusterHub[] } {
  const o = object(value);
  const hubs = list(o.hubs).map(one => {
    const hub = object(one);
    return {
      id: string(hub.id),
      hub: string(hub.hub),
      name: string(hub.name),
      addresses: addresses(hub.addresses),
      version: string(hub.version),
      since: instant(hub.since),
      peers: number(hub.peers),
      rooms: number(hub.rooms),
    };
  });
  return { own: string(o.hub), hubs };
}

/** Hubs that have not answered, of a list that is of a whole cluster. */
export function decodeMissing(value: unknown): string[] {
  return list(object(value).missing).map(string);
}

export function decodeRooms(value: unknown): Room[] {
  return list(object(value).rooms).map(room);
}

export function decodePeers(value: unknown): Peer[] {
  return list(object(value).peers).map(peer);
}

export function decodeStats(value: unknown): Stats[] {
  return list(object(value).stats).map(one => stats(object(one)));
}

export function decodeKeys(value: unknown): RoomKey[] {
  return list(object(value).state).map(one => {
    const o = object(one);
    const from = 'from' in o && { from: sender(o.from) };
    return { key: string(o.key), position: string(o.position), time: instant(o.time), ...from, payload: payload(o, '') };
  });
}

/** The first message of a page of a room's history, undefined where there is none. */
export function decodePage(value: unknown): Message | undefined {
  const o = object(value);
  const first = list(o.messages).map(object)[0];
  const [epoch, offset] = placeOf(string(first?.position));
  return first && message({ ...first, room: o.room, epoch, offset }, maxWhole);
}

/** Epoch and offset of a position; an offset of 0 where there is none. */
export function placeOf(position: string | undefined): [epoch: string, offset: number] {
  const colon = position?.lastIndexOf(':') ?? -1;
  return position === undefined || colon < 0 ? ['', 0] : [position.slice(0, colon), Number(position.slice(colon + 1)) || 0];
}

/** Code and text of an error answer, both empty where the answer is not in the hub's form. */
export function decodeError(value: unknown): { code: string; message: string } {
  const { code, message } = object(object(value).error);
  return { code: string(code), message: string(message) };
}

export function decodeEvent(type: HubEvent['type'], data: string): HubEvent {
  const o = object(JSON.parse(data));
  switch (type) {
    case 'snapshot':
      return {
        type,
        room: o.room ? room(o.room) : null,
        rooms: list(o.rooms).map(room),
        peers: list(o.peers).map(peer),
        ...('refusals' in o && { refusals: list(o.refusals).map(refusal) }),
      };
    case 'join':
      return { type, room: string(o.room), peer: peer(o.peer), time: instant(o.time) };
    case 'leave': {
      const reason = object(o.reason);
      const left = { type, room: string(o.room), peer: peer(o.peer), time: instant(o.time) } as const;
      return 'reason' in o ? { ...left, reason: { code: number(reason.code), text: string(reason.text) } } : left;
    }
    case 'message':
      return { type, message: message(o) };
    case 'stats':
      return { type, stats: stats(o) };
    case 'refusal':
      return { type, refusal: refusal(o) };
    case 'missed':
      return { type, count: number(o.count) };
  }
}
