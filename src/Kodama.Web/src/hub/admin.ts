import { tab } from '../ui/memory';

const prefix = '#admin=';

/** Whether the page was opened by the link that `kodama serve` prints for whoever runs the hub. */
export function isAdminLink(): boolean {
  return location.hash.startsWith(prefix);
}

/**
 * Takes the admin token out of the address, where it would end in the history, in bookmarks and on other people's screens. Where the tab
 * keeps nothing over a reload, the address must.
 */
export function hideAdminToken(): void {
  if (!isAdminLink()) return;
  const token = location.hash.slice(prefix.length);
  tab.write('admin', token);
  if (tab.read('admin') === token) history.replaceState(history.state, '', `${location.pathname}${location.search}#console`);
}
