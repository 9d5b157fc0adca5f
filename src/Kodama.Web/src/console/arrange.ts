import { nameOf, shownDetails } from '../hub/names';
import type { Peer } from '../hub/wire';

export type Column = 'name' | 'hub' | 'rooms' | 'door' | 'address' | 'sent' | 'since';

export interface Order {
  column: Column;
  descending: boolean;
}

const text: Record<Exclude<Column, 'sent' | 'since'>, (peer: Peer) => string> = {
  name: nameOf,
  hub: peer => peer.hub,
  rooms: peer => peer.rooms.join(),
  door: peer => peer.door,
  address: peer => peer.address,
};

function compare(column: Column, a: Peer, b: Peer): number {
  if (column === 'sent') return a.messagesIn - b.messagesIn;
  if (column === 'since') return a.connectedAt - b.connectedAt;
  return text[column](a).localeCompare(text[column](b), undefined, { numeric: true });
}

/** The peers of a room (or of all, where it is empty) that contain the text in a name, a detail or an address, in order. */
export function arrange(peers: Iterable<Peer>, room: string, filter: string, order: Order): Peer[] {
  const wanted = filter.trim().toLowerCase();
  const texts = (peer: Peer) => [nameOf(peer), peer.hub, peer.address, peer.door, ...shownDetails(peer.details).flat()];
  const matches = (peer: Peer) =>
    (room === '' || peer.rooms.includes(room)) &&
    (wanted === '' || texts(peer).some(value => value.toLowerCase().includes(wanted)));
  const sign = order.descending ? -1 : 1;
  return [...peers].filter(matches).sort((a, b) => sign * compare(order.column, a, b) || (a.id < b.id ? -1 : 1));
}
