import { useState } from 'preact/hooks';
import { hub, token } from '../hub/here';
import { Urls } from '../hub/urls';
import { useTexts } from '../i18n/language';
import { CopyButton } from '../ui/CopyButton';
import { useStore } from '../ui/store';
import { QrCode } from './QrCode';
import { bases } from './bases';
import './invite.css';

export function Invite({ chosen, onChoose }: { chosen: string; onChoose: (address: string) => void }) {
  const t = useTexts();
  const info = useStore(hub);
  const given = useStore(token);
  // Only the hub's own token, which is the same for all: one that this page brings for another reason may be personal.
  const key = info?.tokenRequired ? given : '';
  const [withToken, setWithToken] = useState(true);
  const addresses = bases(info);
  const best = chosen || addresses[0]!;
  const link = (address: string) => new Urls(address, info?.defaultRoom ?? 'lobby', withToken ? key : '').page();

  return (
    <section class="panel invite" aria-labelledby="invite-title">
      <div class="panel-head">
        <h2 id="invite-title">{t.invite}</h2>
      </div>
      <div class="invite-body">
        <QrCode text={link(best)} label={t.qrLabel(best)} />
        <p class="hint">{t.inviteLead}</p>
        {key && (
          <>
            <label class="check">
              <input type="checkbox" checked={withToken} onChange={event => setWithToken(event.currentTarget.checked)} />
              {t.withToken}
            </label>
            <p class="hint" data-testid="invite-token">
              {withToken ? t.withTokenNote : t.withoutTokenNote}
            </p>
          </>
        )}
      </div>
      <ul class="addresses" aria-label={t.addresses}>
        {addresses.map(address => (
          <li key={address}>
            <button type="button" class="address" data-testid="address" aria-pressed={address === best} onClick={() => onChoose(address)}>
              {address.replace(/\/$/, '')}
            </button>
            <CopyButton text={withToken && key ? link(address) : address} label={address} />
          </li>
        ))}
      </ul>
      {info?.advertisedAs && (
        <p class="hint" data-testid="advertised-as">
          {t.foundAs} <bdi>{info.advertisedAs}</bdi>
        </p>
      )}
    </section>
  );
}
