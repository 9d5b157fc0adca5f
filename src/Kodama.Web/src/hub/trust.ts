import type { HubInfo } from './wire';

// At the root, whatever the page's own path.
const page = '/trust';
const api = '/api/trust';

/**
 * Where a person is walked through trusting the hub, so that its pages have a camera and all else that browsers give to https only. Empty
 * where this page is secure already, or the hub has no authority of its own.
 */
export async function trustPage(hub: Pick<HubInfo, 'addresses'>, isSecure: boolean, ask: typeof fetch = fetch): Promise<string> {
  if (isSecure || !hub.addresses.some(address => address.startsWith('https:'))) return '';
  try {
    return (await ask(api)).ok ? page : '';
  } catch {
    return '';
  }
}
