import { device, tab } from '../ui/memory';
import { Store } from '../ui/store';
import { Backoff } from './backoff';
import { Urls, withoutToken } from './urls';
import { decodeHub, type HubInfo } from './wire';

/** The hub that served this page. */
export const hub = new Store<HubInfo | null>(null);

const query = new URLSearchParams(globalThis.location?.search ?? '');
export const token = new Store(query.get('token') ?? tab.read('token'));
export const invitedRoom = query.get('room') ?? '';
/** What the person is called: as they last said on this page, else as the link says, else as they last said on this device. */
export const ownName = new Store(query.get('name') || device.read('name'));

export function setOwnName(chosen: string): void {
  device.write('name', chosen);
  ownName.set(chosen);
}

export function setToken(typed: string): void {
  tab.write('token', typed);
  token.set(typed);
}

/**
 * Takes the token out of the address, where it would end in the history, in bookmarks and on other people's screens. Where the tab keeps
 * nothing over a reload, the address must.
 */
export function hideToken(): void {
  if (!query.has('token')) return;
  tab.write('token', token.value);
  if (tab.read('token') === token.value) history.replaceState(history.state, '', withoutToken(location.href));
}

/** Where this page was served, without its query and fragment. */
export function pageBase(): string {
  return new URL('.', document.baseURI).href;
}

/** What this page is called there: where the root is a page of somebody's own (`--www`), it was opened at its other name. */
export function pageName(): string {
  return location.pathname.endsWith('/kodama') ? 'kodama' : '';
}

export function urls(): Urls {
  return new Urls(pageBase(), hub.value?.defaultRoom ?? 'lobby', token.value);
}

const asking = new Backoff(() => void askHub());

/** Asks the hub what it is, until it answers. */
export async function askHub(): Promise<void> {
  asking.cancel();
  try {
    const answer = await fetch(urls().api('hub'), { cache: 'no-store' });
    if (!answer.ok) throw new Error(`api/hub answered ${answer.status}`);
    hub.set(decodeHub(await answer.json()));
  } catch {
    asking.failed();
  }
}

export function startHub(): void {
  addEventListener('online', () => asking.hurry());
  void askHub();
}
