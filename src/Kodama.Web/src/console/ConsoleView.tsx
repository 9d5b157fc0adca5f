import { useMemo, useState } from 'preact/hooks';
import { admin } from '../hub/admin';
import { useTexts } from '../i18n/language';
import { Denied, useDenial } from '../ui/Denied';
import { useStore } from '../ui/store';
import { Announce } from './admin/Announce';
import { Refusals } from './admin/Refusals';
import { Charts } from './Charts';
import { useCluster, whole } from './cluster';
import { overview, useHubFeed } from './hubFeed';
import { Hubs } from './Hubs';
import { Invite } from './Invite';
import { LiveMessages } from './LiveMessages';
import { Peers } from './Peers';
import { Rooms } from './Rooms';
import { Snippets } from './Snippets';
import { Summary } from './Summary';
import './admin/admin.css';
import './console.css';

export function ConsoleView() {
  const t = useTexts();
  const state = useHubFeed();
  const seen = useStore(overview);
  const denial = useDenial();
  const { state: granted, token } = useStore(admin);
  const runs = granted === 'granted';
  const cluster = useCluster(token);
  const { peers, rooms } = useMemo(() => whole(seen.peers, seen.rooms, cluster), [seen.peers, seen.rooms, cluster]);
  const [room, setRoom] = useState('');
  const [address, setAddress] = useState('');

  if (state.kind === 'denied') {
    return (
      <div class="welcome">
        <section class="card">
          <h1>{denial === 'token' ? t.tokenNeeded : t.loginNeeded}</h1>
          <Denied message={state.message} />
        </section>
      </div>
    );
  }

  return (
    <div class="console" data-testid="console" data-status={state.kind}>
      <div class="console-top">
        <Summary seen={seen} state={state} />
        {cluster && <Hubs cluster={cluster} />}
        {runs && <Announce rooms={rooms} peers={peers.size} room={room} />}
        {runs && <Refusals refusals={seen.refusals} />}
      </div>
      <Charts readings={seen.readings} />
      <LiveMessages
        key={runs ? 'all' : 'joinable'}
        lines={seen.lines}
        rooms={rooms}
        missed={seen.missed}
        room={room}
        onRoom={setRoom}
      />
      <div class="console-side">
        <Invite room={room} chosen={address} onChoose={setAddress} />
        <Rooms rooms={rooms} room={room} onRoom={setRoom} />
      </div>
      <Peers peers={peers} room={room} />
      <Snippets address={address} />
    </div>
  );
}
