import { token, urls } from '../hub/here';
import { device, tab } from '../ui/memory';
import { Store } from '../ui/store';
import { Session } from './Session';

/** Where the person sits, if anywhere. Outlives the view: who looks at the console stays in the room. */
export const seat = new Store<Session | null>(null);

export function enter(name: string, room: string): void {
  seat.value?.stop();
  device.write('name', name);
  tab.write('seat', JSON.stringify({ name, room }));
  const session = new Session(name, room, urls());
  seat.set(session);
  session.start();
}

export function leave(): void {
  seat.value?.stop();
  tab.write('seat', '');
  seat.set(null);
}

/** After a reload, which a phone does by itself when it needs memory, a person is back where they sat. */
export function rejoin(): void {
  const hurry = () => {
    if (document.visibilityState === 'visible') seat.value?.hurry();
  };
  addEventListener('online', hurry);
  document.addEventListener('visibilitychange', hurry);
  token.subscribe(() => {
    const { value } = seat;
    if (value) enter(value.name, value.room);
  });

  try {
    const { name, room } = JSON.parse(tab.read('seat') || '{}') as { name?: string; room?: string };
    if (name && room) enter(name, room);
  } catch {
    tab.write('seat', '');
  }
}
