import { tab } from '../ui/memory';
import { Store } from '../ui/store';

/** What the person may do here beyond others, by the admin token of whoever runs the hub. */
export interface Admin {
  /** Empty where the page has none. */
  token: string;
  /** `granted` once the hub has said so; `refused` when it has not taken the last one, which is forgotten. */
  state: 'none' | 'asking' | 'granted' | 'refused';
}

const prefix = '#admin=';
const none: Admin = { token: '', state: 'none' };

export const admin = new Store<Admin>(none);

/** Whether the page was opened by the link that `kodama serve` prints for whoever runs the hub. */
export function isAdminLink(): boolean {
  return location.hash.startsWith(prefix);
}

/** Takes the token of the link, of this load or of one that is opened in a tab that has the page already; else the tab's. */
export function startAdmin(): void {
  addEventListener('hashchange', takeLink);
  const kept = tab.read('admin');
  if (kept) admin.set({ token: kept, state: 'asking' });
  takeLink();
}

/** What was typed, or came with a link. It is kept in the tab, over a reload and not longer, and on the device never. */
export function giveAdminToken(given: string): void {
  // What no header takes is no token.
  const isToken = /^[\x21-\x7e]+$/.test(given);
  tab.write('admin', isToken ? given : '');
  admin.set(isToken ? { token: given, state: 'asking' } : { token: '', state: 'refused' });
}

/** Whether the hub has taken the token that it was given. One that it has not is of an earlier start, or mistyped: it is forgotten. */
export function heardOfAdmin(token: string, isGranted: boolean): void {
  if (token === '' || admin.value.token !== token) return;
  if (isGranted && admin.value.state !== 'granted') admin.set({ token, state: 'granted' });
  if (!isGranted) forget({ token: '', state: 'refused' });
}

export function giveUpAdmin(): void {
  forget(none);
}

/** How a request says that it is of whoever runs the hub: in a header, which no other page can send by itself, and no address. */
export function adminHeaders(): Record<string, string> {
  const { token } = admin.value;
  return token ? { authorization: `Bearer ${token}` } : {};
}

/**
 * Takes the token out of the address, where it would end in the history, in bookmarks and on other people's screens. Where the tab keeps
 * nothing over a reload either, it is the page's own until then.
 */
function takeLink(): void {
  if (!isAdminLink()) return;
  const given = location.hash.slice(prefix.length);
  history.replaceState(history.state, '', `${location.pathname}${location.search}#console`);
  giveAdminToken(given);
}

function forget(next: Admin): void {
  tab.write('admin', '');
  admin.set(next);
}
