import { useEffect } from 'preact/hooks';
import { adminHeaders } from '../hub/admin';
import { hub, urls } from '../hub/here';
import { decodeCluster, decodeMissing, decodePeers, decodeRooms, type ClusterHub, type Peer, type Room } from '../hub/wire';
import { Store, useStore } from '../ui/store';

/** What there is beside this hub. */
export interface Cluster {
  /** This hub's id. */
  own: string;
  hubs: readonly ClusterHub[];
  /** Ids of hubs that have not answered. */
  missing: readonly string[];
  /** At other hubs. */
  peers: readonly Peer[];
  /** Of all hubs. */
  rooms: readonly Room[];
}

const interval = 3000;
const cluster = new Store<Cluster | null>(null);

/** Asks for the cluster while the console is in sight; null for a hub that is alone. */
export function useCluster(given: string): Cluster | null {
  const id = useStore(hub)?.cluster ?? '';
  useEffect(() => {
    cluster.set(null);
    if (!id) return;
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      const seen = await read(ending.signal);
      if (ending.signal.aborted) return;
      // Where nothing can be had the last is shown: the feed says that the hub is away.
      if (seen) cluster.set(seen);
      timer = setTimeout(() => void look(), interval);
    };
    void look();
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [id, given]);
  return useStore(cluster);
}

/** What is at this hub, as it is told at once, with what is at the others. */
export function whole(
  peers: ReadonlyMap<string, Peer>,
  rooms: ReadonlyMap<string, Room>,
  others: Cluster | null,
): { peers: ReadonlyMap<string, Peer>; rooms: ReadonlyMap<string, Room> } {
  if (!others) return { peers, rooms };
  const names = new Map(others.hubs.map(one => [one.hub, one.name]));
  const ownName = names.get(others.own) ?? '';
  const allPeers = new Map([...peers].map(([id, peer]) => [id, { ...peer, hub: ownName }]));
  const counts = new Map<string, number>();
  for (const peer of others.peers) {
    allPeers.set(peer.id, { ...peer, hub: names.get(peer.hub) ?? peer.hub });
    for (const room of peer.rooms) counts.set(room, (counts.get(room) ?? 0) + 1);
  }
  const allRooms = new Map([...others.rooms].map(room => [room.name, { ...room, peers: counts.get(room.name) ?? 0 }]));
  for (const room of rooms.values()) allRooms.set(room.name, { ...room, peers: room.peers + (counts.get(room.name) ?? 0) });
  return { peers: allPeers, rooms: allRooms };
}

async function read(signal: AbortSignal): Promise<Cluster | undefined> {
  const get = async (path: string): Promise<unknown> => {
    const answer = await fetch(urls().api(path), { headers: adminHeaders(), signal, cache: 'no-store' });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return answer.json();
  };
  try {
    const [hubs, peers, rooms] = await Promise.all([get('cluster'), get('peers'), get('rooms')]);
    const known = decodeCluster(hubs);
    return {
      ...known,
      missing: decodeMissing(peers),
      peers: decodePeers(peers).filter(peer => peer.hub !== known.own),
      rooms: decodeRooms(rooms),
    };
  } catch {
    return undefined;
  }
}
