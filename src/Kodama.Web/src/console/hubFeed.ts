import { useEffect, useState } from 'preact/hooks';
import { EventFeed, type FeedState } from '../hub/EventFeed';
import { askHub, hub, token, urls } from '../hub/here';
import { Store, useStore } from '../ui/store';
import { emptyOverview, observe } from './overview';

/** Outlives the view, so that the charts are still there when one comes back from the room. */
export const overview = new Store(emptyOverview);

/** Follows the whole hub while the console is in sight. Not longer: a browser grants one host six connections in all its tabs. */
export function useHubFeed(): FeedState {
  const [state, setState] = useState<FeedState>({ kind: 'connecting' });
  const key = useStore(token);
  const room = useStore(hub)?.defaultRoom;

  useEffect(() => {
    const feed = new EventFeed(
      () => urls().api('events'),
      events => overview.set(observe(overview.value, events)),
      next => {
        // It may be another one by now: of another name, with other addresses.
        if (next.kind === 'live') void askHub();
        setState(next);
      },
    );
    const hurry = () => feed.hurry();
    addEventListener('online', hurry);
    feed.start();
    return () => {
      removeEventListener('online', hurry);
      feed.stop();
    };
  }, [key, room]);

  return state;
}
