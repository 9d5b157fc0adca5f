import type { HubEvent, Message, Peer } from '../hub/wire';
import { nameOf, ownDetail } from '../hub/names';

/** What is kept and shown of a room. */
export const maxItems = 500;
const maxNames = 3;

export type Item =
  | { kind: 'message'; key: string; message: Message; mine: boolean }
  | { kind: 'presence'; key: string; way: 'join' | 'leave'; names: readonly string[]; count: number; time: number }
  | { kind: 'missed'; key: string; count: number }
  /** The stream was away; what was said meanwhile is not here. */
  | { kind: 'gap'; key: string };

/**
 * A text on its way. `queued` waits for the connection; `sent` waits to come back in the room's order; `unconfirmed` did not come back,
 * and whether it arrived is for the person to judge.
 */
export interface Outgoing {
  key: number;
  text: string;
  state: 'queued' | 'sent' | 'unconfirmed';
  sentAt: number;
}

/** All that is known of one room from one seat in it. Changed only by the functions below, which are pure. */
export interface Talk {
  peers: ReadonlyMap<string, Peer>;
  items: readonly Item[];
  outgoing: readonly Outgoing[];
  /** The value of our own detail on the present connection. Nobody else knows it before our join: its first bearer is us. */
  nonce: string;
  me: string;
  /** Our ids on this and earlier connections. */
  mine: ReadonlySet<string>;
  nextKey: number;
  /** The room's last message that we know of: after a reconnect it tells whether something was said meanwhile. */
  last: { epoch: string; offset: number } | null;
}

export const emptyTalk: Talk = { peers: new Map(), items: [], outgoing: [], nonce: '', me: '', mine: new Set(), nextKey: 1, last: null };

export function receive(talk: Talk, events: readonly HubEvent[]): Talk {
  const next = events.reduce(receiveOne, talk);
  return next.items.length > maxItems ? { ...next, items: next.items.slice(-maxItems) } : next;
}

function receiveOne(talk: Talk, event: HubEvent): Talk {
  switch (event.type) {
    case 'snapshot': {
      const peers = new Map(event.peers.map(peer => [peer.id, peer]));
      const last = event.room && { epoch: event.room.epoch, offset: event.room.offset };
      const seated = talk.me === '' || peers.has(talk.me) ? { ...talk, peers, last } : { ...gone(talk), peers, last };
      const own = [...peers.values()].filter(peer => isOwn(seated, peer)).sort((a, b) => a.connectedAt - b.connectedAt)[0];
      const known = own ? recognise(seated, own) : seated;
      const complete = talk.last?.epoch === last?.epoch && talk.last?.offset === last?.offset;
      return complete || talk.items.length === 0 || talk.items.at(-1)?.kind === 'missed'
        ? known
        : append(known, key => ({ kind: 'gap', key }));
    }
    case 'join': {
      const joined = { ...talk, peers: new Map(talk.peers).set(event.peer.id, event.peer) };
      return isOwn(talk, event.peer) ? recognise(joined, event.peer) : presence(joined, 'join', event.peer, event.time);
    }
    case 'leave': {
      const peers = new Map(talk.peers);
      peers.delete(event.peer.id);
      const left = { ...talk, peers };
      if (!talk.mine.has(event.peer.id)) return presence(left, 'leave', event.peer, event.time);
      return event.peer.id === talk.me ? { ...left, me: '', outgoing: unconfirm(talk.outgoing) } : left;
    }
    case 'message': {
      const mine = event.message.from !== undefined && talk.mine.has(event.message.from.id);
      const last = { epoch: event.message.epoch, offset: event.message.offset };
      const said = append({ ...talk, last }, key => ({ kind: 'message', key, message: event.message, mine }));
      return mine ? { ...said, outgoing: confirm(talk.outgoing, event.message) } : said;
    }
    case 'missed':
      return append(talk, key => ({ kind: 'missed', key, count: event.count }));
    case 'stats':
      return talk;
  }
}

function isOwn(talk: Talk, peer: Peer): boolean {
  return talk.me === '' && talk.nonce !== '' && peer.details[ownDetail] === talk.nonce;
}

function recognise(talk: Talk, peer: Peer): Talk {
  return { ...talk, me: peer.id, mine: new Set(talk.mine).add(peer.id) };
}

function append(talk: Talk, item: (key: string) => Item): Talk {
  return { ...talk, items: [...talk.items, item('i' + talk.nextKey)], nextKey: talk.nextKey + 1 };
}

/** Comings and goings in a row make one line: a class that enters is not a hundred lines. */
function presence(talk: Talk, way: 'join' | 'leave', peer: Peer, time: number): Talk {
  const last = talk.items.at(-1);
  if (last?.kind !== 'presence' || last.way !== way) {
    return append(talk, key => ({ kind: 'presence', key, way, names: [nameOf(peer)], count: 1, time }));
  }
  const names = last.names.length < maxNames ? [...last.names, nameOf(peer)] : last.names;
  return { ...talk, items: [...talk.items.slice(0, -1), { ...last, names, count: last.count + 1, time }] };
}

/**
 * Takes what came back out of what is on its way. The hub handles one peer's messages in order, so those sent before it will not come any
 * more; a text that matches none was altered by a filter, and then it answers the oldest.
 */
function confirm(outgoing: readonly Outgoing[], message: Message): readonly Outgoing[] {
  const text = message.payload.kind === 'text' ? message.payload.text : '';
  const cut = message.payload.kind === 'text' && message.payload.cut;
  const matches = (candidate: Outgoing) =>
    candidate.state !== 'queued' && (cut ? candidate.text.startsWith(text) : candidate.text === text);
  const match = outgoing.findIndex(matches);
  const index = match >= 0 ? match : outgoing.findIndex(candidate => candidate.state !== 'queued');
  if (index < 0) return outgoing;
  return [...(match >= 0 ? unconfirm(outgoing.slice(0, index)) : outgoing.slice(0, index)), ...outgoing.slice(index + 1)];
}

function unconfirm(outgoing: readonly Outgoing[]): readonly Outgoing[] {
  return outgoing.map(one => (one.state === 'sent' ? { ...one, state: 'unconfirmed' } : one));
}

/** We are out of the room, and see it no more. */
export function gone(talk: Talk): Talk {
  return { ...talk, me: '', peers: new Map(), outgoing: unconfirm(talk.outgoing) };
}

/** A connection is about to be made, under a fresh nonce. */
export function connecting(talk: Talk, nonce: string): Talk {
  return { ...talk, nonce, me: '', outgoing: unconfirm(talk.outgoing) };
}

export function write(talk: Talk, text: string): Talk {
  return { ...talk, outgoing: [...talk.outgoing, { key: talk.nextKey, text, state: 'queued', sentAt: 0 }], nextKey: talk.nextKey + 1 };
}

/** Everything queued has been handed to the socket. */
export function sent(talk: Talk, now: number): Talk {
  return { ...talk, outgoing: talk.outgoing.map(one => (one.state === 'queued' ? { ...one, state: 'sent', sentAt: now } : one)) };
}

export function sendAgain(talk: Talk, key: number): Talk {
  const again = talk.outgoing.find(one => one.key === key);
  return again ? write(discard(talk, key), again.text) : talk;
}

export function discard(talk: Talk, key: number): Talk {
  return { ...talk, outgoing: talk.outgoing.filter(one => one.key !== key) };
}

/** What was sent before `deadline` and has not come back by now is given to the person to judge. */
export function expire(talk: Talk, deadline: number): Talk {
  if (!talk.outgoing.some(one => one.state === 'sent' && one.sentAt <= deadline)) return talk;
  return {
    ...talk,
    outgoing: talk.outgoing.map(one => (one.state === 'sent' && one.sentAt <= deadline ? { ...one, state: 'unconfirmed' } : one)),
  };
}
