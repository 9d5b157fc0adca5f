import { askHub, setOwnName, token, urls } from '../hub/here';
import { roomName } from '../hub/urls';
import { tab } from '../ui/memory';
import { Store } from '../ui/store';
import { Session, type Unsent } from './Session';

/** Where the person sits, if anywhere. Outlives the view: who looks at the console stays in the room. */
export const seat = new Store<Session | null>(null);

/** What a reload must not lose; a phone reloads by itself when it needs memory. The client's session lies beside it. */
interface Kept {
  name: string;
  room: string;
  unsent: Unsent[];
}

export function enter(name: string, room: string, unsent: readonly Unsent[] = []): void {
  seat.value?.stop();
  setOwnName(name);
  const session = new Session(name, room, urls, unsent);
  keep(session);
  let kept = session.talk.value.outgoing;
  session.talk.subscribe(() => {
    if (session.talk.value.outgoing === kept || seat.value !== session) return;
    kept = session.talk.value.outgoing;
    keep(session);
  });
  // After a break it may be another hub: of another name, with other addresses.
  let wasAway = false;
  session.status.subscribe(() => {
    const { kind } = session.status.value;
    if (kind === 'online' && wasAway) void askHub();
    wasAway = kind !== 'online' && (wasAway || kind === 'waiting');
  });
  seat.set(session);
  session.start();
}

export function leave(): void {
  const session = seat.value;
  seat.set(null);
  tab.write('seat', '');
  session?.stop();
}

function keep({ name, room, talk }: Session): void {
  const texts = talk.value.outgoing.filter(one => !one.file);
  const unsent = texts.flatMap(({ state, text, since }): Unsent[] =>
    state === 'queued' ? [{ text }] : state === 'refused' ? [] : [{ text, since: since ?? '' }],
  );
  tab.write('seat', JSON.stringify({ name, room, unsent } satisfies Kept));
}

/** Takes the seat again after a reload. */
export function startSeat(): void {
  token.subscribe(() => {
    if (seat.value?.status.value.kind === 'denied') seat.value.start();
  });

  try {
    const { name, room, unsent } = JSON.parse(tab.read('seat') || '{}') as Partial<Kept>;
    if (name && room && roomName(room) === room) enter(name, room, unsent);
  } catch {
    tab.write('seat', '');
  }
}
