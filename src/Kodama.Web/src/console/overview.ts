import type { HubEvent, Message, Peer, Refusal, Room, Stats } from '../hub/wire';

export const maxMessages = 500;
/** Five minutes of one sample a second. */
const maxSamples = 300;
const maxRefusals = 32;
/** The hub's own samples and those of the stream are each a second apart, and may be next to each other: too short for a rate. */
const shortestGap = 500;
/** Two readings further apart than this have a hole between them, which a chart must show as one. */
const longestGap = 5_000;

/** One point of the charts. Rates are per second; null is a hole, or where there is no earlier reading to count from. */
export interface Reading {
  time: number;
  peers: number | null;
  messagesIn: number | null;
  messagesOut: number | null;
}

/** What happens, and what the hub had counted before one looked. */
export type Observed = HubEvent | { type: 'past'; stats: readonly Stats[] };

export interface Line {
  key: number;
  message: Message;
}

/** The whole hub as its event stream tells it. */
export interface Overview {
  rooms: ReadonlyMap<string, Room>;
  peers: ReadonlyMap<string, Peer>;
  lines: readonly Line[];
  samples: readonly Stats[];
  readings: readonly Reading[];
  /** The newest sample. */
  stats: Stats | null;
  refusals: readonly Refusal[];
  missed: number;
  nextKey: number;
}

export const emptyOverview: Overview = {
  rooms: new Map(),
  peers: new Map(),
  lines: [],
  samples: [],
  readings: [],
  stats: null,
  refusals: [],
  missed: 0,
  nextKey: 1,
};

/** Applies a batch of events. Maps are copied once for the batch, not once for each event. */
export function observe(before: Overview, events: readonly Observed[]): Overview {
  const rooms = new Map(before.rooms);
  const peers = new Map(before.peers);
  const lines: Line[] = [];
  let { samples, refusals, missed, nextKey } = before;

  for (const event of events) {
    switch (event.type) {
      case 'snapshot':
        rooms.clear();
        peers.clear();
        for (const room of event.rooms) rooms.set(room.name, room);
        for (const peer of event.peers) peers.set(peer.id, peer);
        refusals = event.refusals ?? [];
        break;
      case 'join':
        join(rooms, peers, event.room, event.peer);
        break;
      case 'leave':
        leave(rooms, peers, event.room, event.peer);
        break;
      case 'message':
        lines.push({ key: nextKey++, message: event.message });
        count(rooms, peers, event.message);
        break;
      case 'stats':
        samples = [...samples, event.stats].slice(-maxSamples);
        break;
      case 'past':
        samples = joined(samples, event.stats).slice(-maxSamples);
        break;
      case 'refusal':
        refusals = [...refusals, event.refusal].slice(-maxRefusals);
        break;
      case 'missed':
        missed += event.count;
        break;
    }
  }

  return {
    rooms,
    peers,
    lines: lines.length > 0 ? [...before.lines, ...lines].slice(-maxMessages) : before.lines,
    samples,
    readings: samples === before.samples ? before.readings : readingsOf(samples),
    stats: samples.at(-1) ?? null,
    refusals,
    missed,
    nextKey,
  };
}

function join(rooms: Map<string, Room>, peers: Map<string, Peer>, name: string, peer: Peer): void {
  const known = peers.get(peer.id);
  const already = known?.rooms.includes(name) ?? false;
  peers.set(peer.id, { ...peer, rooms: already ? known!.rooms : [...(known?.rooms ?? []), name] });
  const room = rooms.get(name) ?? { name, epoch: '', offset: 0, peers: 0, echo: false };
  rooms.set(name, already ? room : { ...room, peers: room.peers + 1 });
}

/**
 * A room that its last peer leaves is gone, as it is in the hub; one that stays without peers is back with the next snapshot. So is a peer
 * that is in no room any more: nobody tells when its connection ends, as a room's that is closed does at once.
 */
function leave(rooms: Map<string, Room>, peers: Map<string, Peer>, name: string, peer: Peer): void {
  const known = peers.get(peer.id);
  const left = known?.rooms.filter(other => other !== name) ?? [];
  if (known && left.length > 0) peers.set(peer.id, { ...known, rooms: left });
  else peers.delete(peer.id);

  const room = rooms.get(name);
  if (!room || !known?.rooms.includes(name)) return;
  if (room.peers <= 1) rooms.delete(name);
  else rooms.set(name, { ...room, peers: room.peers - 1 });
}

function count(rooms: Map<string, Room>, peers: Map<string, Peer>, message: Message): void {
  const room = rooms.get(message.room);
  if (room) rooms.set(message.room, { ...room, epoch: message.epoch, offset: message.offset });
  const peer = message.from && peers.get(message.from.id);
  if (peer) peers.set(peer.id, { ...peer, messagesIn: peer.messagesIn + 1 });
}

/** The hub's samples in the stead of those of the same time. Those that are known of before stay: of before the hub's start, say. */
function joined(known: readonly Stats[], past: readonly Stats[]): readonly Stats[] {
  const first = past[0];
  const last = past.at(-1);
  if (!first || !last) return known;
  return [...known.filter(one => one.time < first.time), ...past, ...known.filter(one => one.time > last.time)];
}

/** What the charts draw of samples, which are in the order of time. */
function readingsOf(samples: readonly Stats[]): Reading[] {
  const readings: Reading[] = [];
  let before: Stats | null = null;
  for (const now of samples) {
    const elapsed: number = before ? now.time - before.time : Infinity;
    if (elapsed < shortestGap) continue;
    if (before && elapsed > longestGap) readings.push({ time: before.time + 1, peers: null, messagesIn: null, messagesOut: null });
    readings.push(reading(elapsed <= longestGap ? before : null, now));
    before = now;
  }
  return readings.slice(-maxSamples);
}

function reading(before: Stats | null, now: Stats): Reading {
  const rate = (from: number | undefined, to: number) =>
    before && from !== undefined && to >= from ? ((to - from) * 1000) / (now.time - before.time) : null;
  return {
    time: now.time,
    peers: now.peers,
    messagesIn: rate(before?.messagesIn, now.messagesIn),
    messagesOut: rate(before?.messagesOut, now.messagesOut),
  };
}
