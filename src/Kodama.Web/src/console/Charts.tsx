import { useMemo } from 'preact/hooks';
import { rate } from '../i18n/format';
import { language, useTexts } from '../i18n/language';
import { useStore } from '../ui/store';
import { Chart, type Series } from './Chart';
import type { Reading } from './overview';
import './charts.css';

export function Charts({ readings }: { readings: readonly Reading[] }) {
  const t = useTexts();
  const locale = useStore(language);
  const last = readings.at(-1);

  const rates = useMemo<Series[]>(
    () => [
      { label: t.sentOut, color: '--chart-2', values: readings.map(reading => reading.messagesOut) },
      { label: t.received, color: '--chart-1', values: readings.map(reading => reading.messagesIn) },
    ],
    [readings, t],
  );
  const peers = useMemo<Series[]>(
    () => [{ label: t.peersChart, color: '--chart-1', values: readings.map(reading => reading.peers), stepped: true }],
    [readings, t],
  );
  const times = useMemo(() => readings.map(reading => reading.time / 1000), [readings]);

  return (
    <>
      <Chart
        id="rates"
        title={t.rateChart}
        times={times}
        series={rates}
        summary={t.chartNow(
          t.rateChart,
          `${t.received} ${rate(last?.messagesIn, locale)}, ${t.sentOut} ${rate(last?.messagesOut, locale)}`,
        )}
      />
      <Chart id="peers" title={t.peersChart} times={times} series={peers} summary={t.chartNow(t.peersChart, String(last?.peers ?? 0))} />
    </>
  );
}
