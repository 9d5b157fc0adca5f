import type { HubEvent, Message, Peer, Room, Stats } from '../hub/wire';

export const maxMessages = 500;
/** Five minutes of one reading a second. */
const maxReadings = 300;
/** Two readings further apart than this have a hole between them, which a chart must show as one. */
const longestGap = 5_000;

/** One point of the charts. Rates are per second; null is a hole, or where there is no earlier reading to count from. */
export interface Reading {
  time: number;
  peers: number | null;
  messagesIn: number | null;
  messagesOut: number | null;
}

export interface Line {
  key: number;
  message: Message;
}

/** The whole hub as its event stream tells it. */
export interface Overview {
  rooms: ReadonlyMap<string, Room>;
  peers: ReadonlyMap<string, Peer>;
  lines: readonly Line[];
  readings: readonly Reading[];
  stats: Stats | null;
  missed: number;
  nextKey: number;
}

export const emptyOverview: Overview = { rooms: new Map(), peers: new Map(), lines: [], readings: [], stats: null, missed: 0, nextKey: 1 };

/** Applies a batch of events. Maps are copied once for the batch, not once for each event. */
export function observe(before: Overview, events: readonly HubEvent[]): Overview {
  const rooms = new Map(before.rooms);
  const peers = new Map(before.peers);
  const lines: Line[] = [];
  const readings: Reading[] = [];
  let { stats, missed, nextKey } = before;

  for (const event of events) {
    switch (event.type) {
      case 'snapshot':
        rooms.clear();
        peers.clear();
        for (const room of event.rooms) rooms.set(room.name, room);
        for (const peer of event.peers) peers.set(peer.id, peer);
        break;
      case 'join':
        join(rooms, peers, event.room, event.peer);
        break;
      case 'leave':
        leave(rooms, peers, event.room, event.peer, event.reason !== undefined);
        break;
      case 'message':
        lines.push({ key: nextKey++, message: event.message });
        count(rooms, peers, event.message);
        break;
      case 'stats':
        if (stats && event.stats.time - stats.time > longestGap)
          readings.push({ time: stats.time + 1, peers: null, messagesIn: null, messagesOut: null });
        readings.push(reading(stats, event.stats));
        stats = event.stats;
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
    readings: readings.length > 0 ? [...before.readings, ...readings].slice(-maxReadings) : before.readings,
    stats,
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

/** A room that its last peer leaves is gone, as it is in the hub; one that stays without peers is back with the next snapshot. */
function leave(rooms: Map<string, Room>, peers: Map<string, Peer>, name: string, peer: Peer, ended: boolean): void {
  const known = peers.get(peer.id);
  const left = known?.rooms.filter(other => other !== name) ?? [];
  if (known && (!ended || left.length > 0)) peers.set(peer.id, { ...known, rooms: left });
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

function reading(before: Stats | null, now: Stats): Reading {
  const seconds = before ? (now.time - before.time) / 1000 : 0;
  const rate = (from: number, to: number) => (to >= from ? (to - from) / seconds : null);
  const countable = before !== null && seconds > 0 && seconds * 1000 <= longestGap;
  return {
    time: now.time,
    peers: now.peers,
    messagesIn: countable ? rate(before.messagesIn, now.messagesIn) : null,
    messagesOut: countable ? rate(before.messagesOut, now.messagesOut) : null,
  };
}
