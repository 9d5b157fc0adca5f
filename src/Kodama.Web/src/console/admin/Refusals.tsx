import { plain } from '../../hub/names';
import type { Refusal } from '../../hub/wire';
import { clock } from '../../i18n/format';
import { language, useTexts } from '../../i18n/language';
import type { Texts } from '../../i18n/texts';
import { CopyButton } from '../../ui/CopyButton';
import { useStore } from '../../ui/store';
import './refusals.css';

/** Who was not let in, newest first, and what would let it in: each cause once a minute. */
export function Refusals({ refusals }: { refusals: readonly Refusal[] }) {
  const t = useTexts();
  const locale = useStore(language);
  if (refusals.length === 0) return null;

  return (
    <section class="panel refusals" aria-labelledby="refusals-title" data-testid="refusals">
      <div class="panel-head">
        <h2 id="refusals-title">{t.notLetIn}</h2>
        <span class="count">{refusals.length}</span>
      </div>
      <ul class="refusal-list" tabIndex={0} aria-labelledby="refusals-title">
        {refusals.toReversed().map(refusal => (
          <li key={`${refusal.time} ${refusal.cause} ${refusal.given} ${refusal.address}`} data-testid="refusal">
            <time dateTime={new Date(refusal.time).toISOString()}>{clock(refusal.time, locale, true)}</time>
            <span class="refusal-text">
              <bdi>{said(refusal, t)}</bdi>
              {refusal.option && (
                <span class="refusal-option">
                  {t.allowedBy} <code>{plain(refusal.option)}</code>
                  <CopyButton text={refusal.option} label={refusal.option} />
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function said({ cause, given, address, reason }: Refusal, t: Texts): string {
  const name = plain(given);
  switch (cause) {
    case 'host':
      return t.refusedHost(name, address);
    case 'origin':
      return name === 'null' || name === '' ? t.refusedNoOrigin(address) : t.refusedOrigin(name, address);
    case 'admin':
      return t.refusedAdmin(address);
    default:
      return `${t.refusedClient(address)} ${plain(reason)}`;
  }
}
