import { useMemo, useRef, useState } from 'preact/hooks';
import { admin } from '../hub/admin';
import { nameOf, shownDetails } from '../hub/names';
import type { Peer } from '../hub/wire';
import { clock } from '../i18n/format';
import { language, useTexts } from '../i18n/language';
import { Avatar } from '../ui/Avatar';
import { useStore } from '../ui/store';
import { Disconnect } from './admin/Disconnect';
import { arrange, type Column, type Order } from './arrange';
import './peers.css';

const shown = 200;

export function Peers({ peers, room }: { peers: ReadonlyMap<string, Peer>; room: string }) {
  const t = useTexts();
  const locale = useStore(language);
  const [text, setText] = useState('');
  const [order, setOrder] = useState<Order>({ column: 'since', descending: true });
  const runs = useStore(admin).state === 'granted';
  const [leaving, setLeaving] = useState<Peer>();
  const [told, setTold] = useState('');
  const status = useRef<HTMLParagraphElement>(null);
  const rows = useMemo(() => arrange(peers.values(), room, text, order), [peers, room, text, order]);

  // The hub tells them to whoever runs it.
  const hasAddresses = rows.some(peer => peer.address !== '');
  const hasHubs = rows.some(peer => peer.hub !== '');
  const columns: [Column, string][] = [
    ['name', t.name],
    ...(hasHubs ? [['hub', t.hub] satisfies [Column, string]] : []),
    ['rooms', t.rooms],
    ['door', t.door],
    ...(hasAddresses ? [['address', t.address] satisfies [Column, string]] : []),
    ['sent', t.sentMessages],
    ['since', t.since],
  ];
  const sortBy = (column: Column) => setOrder({ column, descending: order.column === column && !order.descending });

  return (
    <section class="panel peers" aria-labelledby="peers-title">
      <div class="panel-head">
        <h2 id="peers-title">{t.peers}</h2>
        <span class="count">{rows.length === peers.size ? peers.size : `${rows.length} / ${peers.size}`}</span>
        <p ref={status} class="told" role="status" tabIndex={-1} data-testid="peers-told">
          <bdi>{told}</bdi>
        </p>
        <input
          type="search"
          class="input input-small"
          data-testid="filter-peers"
          aria-label={t.filterPeers}
          placeholder={t.filterPeers}
          value={text}
          onInput={event => setText(event.currentTarget.value)}
        />
      </div>
      {rows.length === 0 ? (
        <p class="empty">{peers.size === 0 ? t.noPeers : t.noMatch}</p>
      ) : (
        <div class="table-frame" role="group" aria-labelledby="peers-title" tabIndex={0}>
          <table role="table">
            <thead role="rowgroup">
              <tr role="row">
                {columns.map(([column, label]) => (
                  <th
                    key={column}
                    scope="col"
                    role="columnheader"
                    class={'col-' + column}
                    aria-sort={order.column === column ? (order.descending ? 'descending' : 'ascending') : 'none'}
                  >
                    <button type="button" onClick={() => sortBy(column)}>
                      {label}
                    </button>
                  </th>
                ))}
                {runs && (
                  <th scope="col" role="columnheader" class="col-act">
                    <span class="visually-hidden">{t.disconnect}</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody role="rowgroup">
              {rows.slice(0, shown).map(peer => (
                <tr key={peer.id} role="row" data-testid="peer-row">
                  <td role="cell" class="col-name">
                    <PeerName peer={peer} />
                  </td>
                  {hasHubs && (
                    <td role="cell" class="col-hub" data-label={t.hub}>
                      <bdi>{peer.hub}</bdi>
                    </td>
                  )}
                  <td role="cell" class="col-rooms" data-label={t.rooms}>
                    <bdi>{peer.rooms.join(', ') || '–'}</bdi>
                  </td>
                  <td role="cell" class="col-door" data-label={t.door}>
                    {peer.door}
                  </td>
                  {hasAddresses && (
                    <td role="cell" class="col-address" data-label={t.address}>
                      <bdi>{peer.address}</bdi>
                    </td>
                  )}
                  <td role="cell" class="col-sent" data-label={t.sentMessages}>
                    {peer.messagesIn.toLocaleString(locale)}
                  </td>
                  <td role="cell" class="col-since" data-label={t.since}>
                    {clock(peer.connectedAt, locale, true)}
                  </td>
                  {runs && (
                    <td role="cell" class="col-act">
                      <button
                        type="button"
                        class="button button-small"
                        data-testid="disconnect"
                        aria-label={t.disconnectTitle(nameOf(peer))}
                        onClick={() => setLeaving(peer)}
                      >
                        {t.disconnect}
                      </button>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length > shown && <p class="hint">{t.more(rows.length - shown)}</p>}
        </div>
      )}
      {leaving && (
        <Disconnect
          peer={leaving}
          onClose={() => setLeaving(undefined)}
          onDone={text => {
            setTold(text);
            // What had the focus goes with its row.
            status.current?.focus();
          }}
        />
      )}
    </section>
  );
}

function PeerName({ peer }: { peer: Peer }) {
  const name = nameOf(peer);
  const details = shownDetails(peer.details);
  return (
    <div class="person">
      <Avatar name={name} />
      <span class="person-text">
        <bdi class="person-name">{name}</bdi>
        {details.length > 0 && <bdi class="person-details">{details.map(([key, value]) => `${key}: ${value}`).join(', ')}</bdi>}
      </span>
    </div>
  );
}
