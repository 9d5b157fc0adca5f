import { useTexts } from '../i18n/language';
import type { Cluster } from './cluster';
import './hubs.css';

/** The hubs of the cluster. Each has a console of its own, at its address. */
export function Hubs({ cluster }: { cluster: Cluster }) {
  const t = useTexts();
  return (
    <section class="panel hubs" aria-labelledby="hubs-title">
      <div class="panel-head">
        <h2 id="hubs-title">{t.hubs}</h2>
        <span class="count">{cluster.hubs.length}</span>
      </div>
      <ul class="hub-list">
        {cluster.hubs.map(({ id, hub, name, addresses, peers, rooms }) => (
          <li key={id} class="hub-item" data-testid="hub-row">
            <bdi class="hub-name">{name}</bdi>
            {hub === cluster.own && <span class="tag">{t.thisHub}</span>}
            {cluster.missing.includes(id) && <span class="tag">{t.hubMissing}</span>}
            {addresses.length === 0 && <span class="tag">{t.hubStopping}</span>}
            {addresses[0] && hub !== cluster.own && (
              <a href={addresses[0] + '/kodama'} target="_blank" rel="noreferrer">
                <bdi>{addresses[0]}</bdi>
              </a>
            )}
            <span class="hub-numbers">
              <span>{t.roomPeers(peers)}</span>
              <span>{t.hubRooms(rooms)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
