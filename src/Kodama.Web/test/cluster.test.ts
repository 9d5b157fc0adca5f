import { expect, test } from 'vitest';
import { whole, type Cluster } from '../src/console/cluster';
import { decodeCluster, decodeHub, decodePeers, type Peer, type Room } from '../src/hub/wire';

const peer = (id: string, rooms: string[], hub?: string): Peer => decodePeers({ peers: [{ id, rooms, hub, details: { name: id } }] })[0]!;
const room = (name: string, peers: number): Room => ({ name, epoch: 'e', offset: 1, peers, echo: false });
const byId = (peers: Peer[]) => new Map(peers.map(one => [one.id, one]));
const byName = (rooms: Room[]) => new Map(rooms.map(one => [one.name, one]));

const cluster: Cluster = {
  ...decodeCluster({
    id: 'c',
    hub: 'a',
    hubs: [
      { id: '1', hub: 'a', name: 'East', addresses: ['http://10.0.0.5:8080', 'javascript:alert(1)'], peers: 1, rooms: 1 },
      { id: '2', hub: 'b', name: 'West', addresses: [], peers: 2, rooms: 2 },
    ],
  }),
  missing: [],
  peers: [peer('ren', ['tea', 'hall'], 'b'), peer('aoi', ['tea'], 'b')],
  rooms: [room('tea', 3), room('hall', 1)],
};

test('The peers and rooms of the other hubs stand beside those of this one', () => {
  const seen = whole(byId([peer('yui', ['tea'])]), byName([room('tea', 1)]), cluster);
  expect([...seen.peers.values()].map(one => [one.id, one.hub])).toEqual([
    ['yui', 'East'],
    ['ren', 'West'],
    ['aoi', 'West'],
  ]);
  expect([...seen.rooms.values()].map(one => [one.name, one.peers]).sort()).toEqual([
    ['hall', 1],
    ['tea', 3],
  ]);
});

test('A hub that is alone shows what it has', () => {
  const [peers, rooms] = [byId([peer('yui', ['tea'])]), byName([room('tea', 1)])];
  expect(whole(peers, rooms, null)).toEqual({ peers, rooms });
  expect(decodeHub({ name: 'Lounge' }).cluster).toBe('');
  expect(decodeHub({ cluster: { id: '9f3c' } }).cluster).toBe('9f3c');
});

test('Addresses that are none are no links, and any JSON is taken', () => {
  expect(cluster.hubs[0]!.addresses).toEqual(['http://10.0.0.5:8080']);
  expect(decodeCluster(null)).toEqual({ own: '', hubs: [] });
  expect(decodeCluster({ hubs: [1, {}] }).hubs).toHaveLength(2);
});
