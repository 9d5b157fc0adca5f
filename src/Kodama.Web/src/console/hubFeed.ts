import { useEffect, useState } from 'preact/hooks';
import { admin, adminHeaders, heardOfAdmin } from '../hub/admin';
import { EventFeed, type FeedState } from '../hub/EventFeed';
import { askHub, hub, token, urls } from '../hub/here';
import { decodeStats } from '../hub/wire';
import { Store, useStore } from '../ui/store';
import { emptyOverview, observe } from './overview';

/** Outlives the view, so that the charts are still there when one comes back from the room. */
export const overview = new Store(emptyOverview);

/** What only whoever runs the hub is told goes with the token: addresses, and what was said in rooms that others cannot join. */
let runs = '';
admin.subscribe(() => {
  const { samples, readings, stats } = overview.value;
  if (runs && !admin.value.token) overview.set({ ...emptyOverview, samples, readings, stats });
  runs = admin.value.token;
});

/** Follows the whole hub while the console is in sight. Not longer: a browser grants one host six connections in all its tabs. */
export function useHubFeed(): FeedState {
  const [state, setState] = useState<FeedState>({ kind: 'connecting' });
  const key = useStore(token);
  const room = useStore(hub)?.defaultRoom;
  const given = useStore(admin).token;

  useEffect(() => {
    const past = new AbortController();
    const feed = new EventFeed(
      () => ({ url: urls().api('events'), headers: adminHeaders() }),
      events => {
        overview.set(observe(overview.value, events));
        const snapshot = events.find(event => event.type === 'snapshot');
        if (snapshot) heardOfAdmin(given, snapshot.refusals !== undefined);
      },
      next => {
        if (next.kind === 'live') {
          // It may be another one by now: of another name, with other addresses.
          void askHub();
          void readPast(past.signal);
        }
        // A token that is none keeps out also who would be let in without it.
        if (next.kind === 'denied' && given) heardOfAdmin(given, false);
        else setState(next);
      },
    );
    const hurry = () => feed.hurry();
    addEventListener('online', hurry);
    feed.start();
    return () => {
      removeEventListener('online', hurry);
      past.abort();
      feed.stop();
    };
  }, [key, room, given]);

  return state;
}

/** What the hub has counted before one looked. Where it cannot be had, the charts begin now. */
async function readPast(signal: AbortSignal): Promise<void> {
  try {
    const answer = await fetch(urls().api('stats'), { headers: adminHeaders(), signal, cache: 'no-store' });
    if (!answer.ok) return;
    const stats = decodeStats(await answer.json());
    overview.set(observe(overview.value, [{ type: 'past', stats }]));
  } catch {
    return;
  }
}
