import { useState } from 'preact/hooks';
import { bases } from '../hub/bases';
import { hub, pageName, token } from '../hub/here';
import { inviteToken, isPersonal } from '../hub/token';
import { Urls } from '../hub/urls';
import { useTexts } from '../i18n/language';
import { QrCode } from './QrCode';
import { useStore } from './store';
import './invite.css';

/** Links by which others come in: to the hub, or to one of its rooms. */
export interface Links {
  addresses: readonly string[];
  /** With the hub's token where there is one and whoever invites wants it in. */
  of(address: string): string;
  withToken: boolean;
  /** Undefined where there is no token of the hub's to give. */
  choose: ((withToken: boolean) => void) | undefined;
  /** This page came in by a person's token, which no link holds. */
  isPersonal: boolean;
}

export function useLinks(room: string): Links {
  const info = useStore(hub);
  const given = useStore(token);
  const [withToken, setWithToken] = useState(true);
  // Only the hub's own token, which is the same for all: one that this page brings for another reason may be personal.
  const isRequired = info?.tokenRequired ?? false;
  const key = inviteToken(given, isRequired);
  return {
    addresses: bases(info),
    // Who is invited to a room must find this page, and to the hub whatever is there.
    of: address => new Urls(address, info?.defaultRoom ?? 'lobby', withToken ? key : '').page(room, room ? pageName() : ''),
    withToken: withToken && key !== '',
    choose: key === '' ? undefined : setWithToken,
    isPersonal: isRequired && isPersonal(given),
  };
}

/** A code to scan. */
export function InviteCode({ links, address, room }: { links: Links; address: string; room: string }) {
  const t = useTexts();
  return (
    <div class="invite-body">
      <QrCode text={links.of(address)} label={t.qrLabel(room ? `${address} (${room})` : address)} />
      <p class="hint">
        <bdi>{room ? t.inviteRoomLead(room) : t.inviteLead}</bdi>
      </p>
      {links.choose && (
        <>
          <label class="check">
            <input type="checkbox" checked={links.withToken} onChange={event => links.choose?.(event.currentTarget.checked)} />
            {t.withToken}
          </label>
          <p class="hint" data-testid="invite-token">
            {links.withToken ? t.withTokenNote : t.withoutTokenNote}
          </p>
        </>
      )}
      {links.isPersonal && (
        <p class="hint" data-testid="invite-token">
          {t.personalTokenNote}
        </p>
      )}
    </div>
  );
}
