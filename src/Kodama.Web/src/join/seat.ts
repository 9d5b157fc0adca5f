import { setOwnName, token, urls } from '../hub/here';
import { roomName } from '../hub/urls';
import { tab } from '../ui/memory';
import { Store } from '../ui/store';
import { Session } from './Session';

/** Where the person sits, if anywhere. Outlives the view: who looks at the console stays in the room. */
export const seat = new Store<Session | null>(null);

/** What a reload must not lose; a phone reloads by itself when it needs memory. */
interface Kept {
  name: string;
  room: string;
  unsent: string[];
}

export function enter(name: string, room: string, unsent: readonly string[] = []): void {
  seat.value?.stop();
  setOwnName(name);
  const session = new Session(name, room, urls);
  for (const text of unsent) session.send(text);
  keep(session);
  let kept = session.talk.value.outgoing;
  session.talk.subscribe(() => {
    if (session.talk.value.outgoing === kept || seat.value !== session) return;
    kept = session.talk.value.outgoing;
    keep(session);
  });
  seat.set(session);
  session.start();
}

export function leave(): void {
  seat.value?.stop();
  tab.write('seat', '');
  seat.set(null);
}

function keep({ name, room, talk }: Session): void {
  const unsent = talk.value.outgoing.filter(one => one.state === 'queued').map(one => one.text);
  tab.write('seat', JSON.stringify({ name, room, unsent } satisfies Kept));
}

/** Takes the seat again after a reload, and comes back early when the page or the network does. */
export function startSeat(): void {
  const hurry = () => {
    if (document.visibilityState === 'visible') seat.value?.hurry();
  };
  addEventListener('online', hurry);
  document.addEventListener('visibilitychange', hurry);
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
