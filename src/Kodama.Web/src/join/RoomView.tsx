import { useState } from 'preact/hooks';
import { useTexts } from '../i18n/language';
import { Icon } from '../ui/Icon';
import { useStore } from '../ui/store';
import { Composer } from './Composer';
import { MessageList } from './MessageList';
import { Notice } from './Notice';
import { People } from './People';
import { RoomInvite } from './RoomInvite';
import { leave } from './seat';
import { isOver, type Session } from './Session';
import { StatusLine } from './StatusLine';
import './room.css';

export function RoomView({ session }: { session: Session }) {
  const t = useTexts();
  const talk = useStore(session.talk);
  const status = useStore(session.status);
  const people = useStore(session.people);
  const closed = isOver(status);
  const [peopleOpen, setPeopleOpen] = useState(false);
  const [dropping, setDropping] = useState(false);
  const [inviteOpen, setInviteOpen] = useState(false);

  return (
    <section
      class="room"
      data-testid="room-view"
      data-status={status.kind}
      data-dropping={dropping}
      onDragOver={event => {
        if (closed || !event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={event => !event.currentTarget.contains(event.relatedTarget as Node | null) && setDropping(false)}
      onDrop={event => {
        event.preventDefault();
        setDropping(false);
        if (!closed) for (const file of event.dataTransfer?.files ?? []) void session.sendFile(file);
      }}
    >
      <div class="room-bar">
        <div class="room-title">
          <h1>
            <bdi>{session.room}</bdi>
          </h1>
          <StatusLine status={status} />
        </div>
        <button
          type="button"
          class="button people-toggle"
          data-testid="people-toggle"
          aria-expanded={peopleOpen}
          aria-controls="people"
          aria-label={t.people(people.length)}
          onClick={() => setPeopleOpen(!peopleOpen)}
        >
          <PeopleIcon />
          <span aria-hidden="true">{people.length}</span>
        </button>
        <button type="button" class="button invite-open" data-testid="invite" aria-label={t.invite} onClick={() => setInviteOpen(true)}>
          <InviteIcon />
          <span>{t.invite}</span>
        </button>
        <button type="button" class="button" data-testid="leave" onClick={leave}>
          {t.leave}
        </button>
      </div>
      <div class="room-body">
        <div class="room-main">
          <MessageList talk={talk} session={session} />
          <Notice status={status} session={session} />
          <Composer session={session} closed={closed} />
        </div>
        {inviteOpen && <RoomInvite room={session.room} onClose={() => setInviteOpen(false)} />}
        <People people={people} open={peopleOpen} onClose={() => setPeopleOpen(false)} />
      </div>
    </section>
  );
}

function InviteIcon() {
  return (
    <Icon size={18}>
      <path d="M3 3h5v5H3zM12 3h5v5h-5zM3 12h5v5H3zM12 12h2v2h-2M17 12v5h-5" />
    </Icon>
  );
}

function PeopleIcon() {
  return (
    <Icon size={18}>
      <circle cx="7.5" cy="6.5" r="3" />
      <path d="M2 16.5c.5-3.2 2.600-5 5.500-5s5 1.800 5.500 5M13 3.800a3 3 0 0 1 0 5.400M15.200 12c1.500.800 2.500 2.300 2.800 4.500" />
    </Icon>
  );
}
