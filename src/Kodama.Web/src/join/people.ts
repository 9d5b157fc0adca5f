import type { Member } from 'kodama-client';
import { nameOf, shownDetails } from '../hub/names';
import type { Peer } from '../hub/wire';

export interface Person {
  id: string;
  name: string;
  me: boolean;
  details: [string, string][];
}

/** The door of clients that say themselves that they are present. */
export const v1Door = 'kodama.v1';

/**
 * Who is in the room, oneself first: members, who say so, and the clients that only are connected. A member and its connection are told by
 * different ids, and so put together by name.
 * @param me What this page calls itself, and the id of its connection.
 */
export function people(me: { name: string; peer: string | undefined }, members: Iterable<Member>, peers: readonly Peer[]): Person[] {
  const others = peers.filter(peer => peer.id !== me.peer);
  const taken = new Set<Peer>();
  const connectionOf = (name: string) => {
    const found = others.find(peer => peer.door === v1Door && !taken.has(peer) && (peer.details.name ?? '') === name);
    if (found) taken.add(found);
    return found;
  };
  const present = [...members]
    .filter(member => !member.own)
    .map(({ id, name = '' }): Person => {
      const peer = connectionOf(name);
      return { id, name: nameOf({ id, details: { name } }), me: false, details: peer ? shownDetails(peer.details) : [] };
    });
  const connected = others
    .filter(peer => !taken.has(peer))
    .map((peer): Person => ({ id: peer.id, name: nameOf(peer), me: false, details: shownDetails(peer.details) }));
  const all = [...present, ...connected].sort((a, b) => a.name.localeCompare(b.name));
  return [{ id: 'me', name: nameOf({ id: 'me', details: { name: me.name } }), me: true, details: [] }, ...all];
}
