import { pageBase } from './here';
import type { HubInfo } from './wire';

/** Where others reach this hub, best first; until the hub has said so, where this page came from. */
export function bases(info: HubInfo | null): readonly string[] {
  return info && info.addresses.length > 0 ? info.addresses : [pageBase()];
}
