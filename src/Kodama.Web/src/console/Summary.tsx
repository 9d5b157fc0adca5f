import type { FeedState } from '../hub/EventFeed';
import { hub } from '../hub/here';
import { duration, rate } from '../i18n/format';
import { language, useTexts } from '../i18n/language';
import { useStore } from '../ui/store';
import { AdminLine } from './admin/AdminLine';
import type { Overview } from './overview';
import './summary.css';

/** The numbers that tell at a glance whether the hub is well. */
export function Summary({ seen, state }: { seen: Overview; state: FeedState }) {
  const t = useTexts();
  const locale = useStore(language);
  const info = useStore(hub);
  const last = seen.readings.at(-1);
  const started = info?.startedAt ?? 0;
  const whole = (value: number | undefined) => (value ?? 0).toLocaleString(locale);
  const status = {
    connecting: t.connecting,
    live: t.live,
    waiting: t.waiting,
    denied: t.tokenNeeded,
    failed: t.consoleFailed,
  }[state.kind];

  const numbers: [id: string, label: string, value: string][] = [
    ['peers', t.peers, whole(seen.peers.size)],
    ['rooms', t.rooms, whole(seen.rooms.size)],
    ['in', t.inPerSecond, rate(last?.messagesIn, locale)],
    ['out', t.outPerSecond, rate(last?.messagesOut, locale)],
    ['dropped', t.dropped, whole(seen.stats?.dropped)],
    ['refused', t.refusals, whole(seen.stats?.refused)],
    ['uptime', t.up, started && seen.stats ? duration(seen.stats.time - started) : '–'],
  ];

  return (
    <section class="summary" aria-labelledby="summary-title">
      <div class="summary-head">
        <h1 id="summary-title">
          <bdi>{info?.name || 'Kodama'}</bdi>
        </h1>
        <div class={'status status-' + (state.kind === 'live' ? 'online' : state.kind)}>
          <span class="dot" aria-hidden="true" />
          <span role="status" data-testid="console-status">
            {status}
            {state.kind === 'failed' && <bdi> {state.message}</bdi>}
          </span>
        </div>
        <AdminLine />
      </div>
      <dl class="numbers">
        {numbers.map(([id, label, value]) => (
          <div key={id} class="number">
            <dt>{label}</dt>
            <dd data-testid={'number-' + id} data-since={id === 'uptime' ? started : undefined}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
