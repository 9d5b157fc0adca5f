import { hub } from '../hub/here';
import { useTexts } from '../i18n/language';
import { CopyButton } from '../ui/CopyButton';
import { InviteCode, useLinks } from '../ui/InviteCode';
import { useStore } from '../ui/store';

/** How others come in: to the room that is chosen, else to the hub. */
export function Invite({ room, chosen, onChoose }: { room: string; chosen: string; onChoose: (address: string) => void }) {
  const t = useTexts();
  const info = useStore(hub);
  const links = useLinks(room);
  const best = links.addresses.includes(chosen) ? chosen : links.addresses[0]!;

  return (
    <section class="panel invite" aria-labelledby="invite-title">
      <div class="panel-head">
        <h2 id="invite-title">{t.invite}</h2>
      </div>
      <InviteCode links={links} address={best} room={room} />
      <ul class="addresses" aria-label={t.addresses}>
        {links.addresses.map(address => (
          <li key={address}>
            <button type="button" class="address" data-testid="address" aria-pressed={address === best} onClick={() => onChoose(address)}>
              {address.replace(/\/$/, '')}
            </button>
            <CopyButton text={links.withToken || room ? links.of(address) : address} label={address} />
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
