import { isAdminLink } from '../hub/admin';
import { Store } from '../ui/store';

export const views = ['join', 'console'] as const;
export type View = (typeof views)[number];

const read = (): View => (location.hash === '#console' || isAdminLink() ? 'console' : 'join');

export const view = new Store<View>(read());
addEventListener('hashchange', () => view.set(read()));

/** By assignment, since a `#console` link would leave the page where a `<base>` names another address. */
export function show(next: View): void {
  location.hash = next;
}
