import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { scheme } from '../app/theme';
import { clock, rate } from '../i18n/format';
import { language, useTexts } from '../i18n/language';
import { useStore } from '../ui/store';

export interface Series {
  label: string;
  /** A custom property of the style sheet. */
  color: string;
  values: (number | null)[];
  stepped?: boolean;
}

interface Props {
  id: string;
  title: string;
  /** Seconds since 1970, ascending. */
  times: number[];
  series: Series[];
  /** The chart in words. */
  summary: string;
}

const span = 300;
const height = 168;

export function Chart({ id, title, times, series, summary }: Props) {
  const t = useTexts();
  const locale = useStore(language);
  // A canvas does not follow the style sheet by itself.
  const colors = useStore(scheme);
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const shape = series.map(one => one.label + one.color).join();

  useEffect(() => {
    const element = frame.current!;
    const chart = new uPlot(options(element, series, locale, setCursor), [[], ...series.map(() => [])], element);
    plot.current = chart;
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [shape, locale, colors]);

  useEffect(() => {
    plot.current?.setData([times, ...series.map(one => one.values)]);
  }, [times, series, shape, locale, colors]);

  const at = cursor !== null && cursor < times.length ? cursor : times.length - 1;
  return (
    <section class={'panel chart chart-' + id} aria-labelledby={'chart-' + id}>
      <div class="panel-head">
        <h2 id={'chart-' + id}>{title}</h2>
        <span class="hint">{cursor !== null && at >= 0 ? clock(times[at]! * 1000, locale, true) : t.lastMinutes}</span>
        <ul class="legend" aria-hidden="true">
          {series.map(one => (
            <li key={one.label} style={{ '--color': `var(${one.color})` }}>
              {series.length > 1 && one.label} <b>{rate(one.values[at], locale)}</b>
            </li>
          ))}
        </ul>
      </div>
      <div
        ref={frame}
        class="plot"
        role="img"
        aria-label={summary}
        data-testid={'chart-' + id}
        data-since={times.length > 0 ? Math.round(times[0]! * 1000) : undefined}
      />
    </section>
  );
}

function options(element: HTMLElement, series: Series[], locale: 'en' | 'ja', onCursor: (index: number | null) => void): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: color('--muted'),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    hooks: { setCursor: [chart => onCursor(chart.cursor.idx ?? null)] },
    scales: {
      x: { time: true, range: (_chart, _min, max) => [(max ?? Date.now() / 1000) - span, max ?? Date.now() / 1000] },
      // A quiet hub is a line at the bottom, not noise blown up to the full height. A pixel of room below lets it lie on the line of the
      // axis, not beside it.
      y: {
        range: (_chart, _min, max) => {
          const top = Math.max(4, (max ?? 0) * 1.15);
          return [-top / height, top];
        },
      },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 70,
        size: 22,
        values: (_chart, ticks) => ticks.map(tick => clock(tick * 1000, locale)),
        incrs: [60, 120],
      },
      {
        ...axis,
        size: 44,
        space: 32,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6],
        values: (_chart, ticks) => ticks.map(tick => compact(tick)),
      },
    ],
    series: [
      {},
      ...series.map(one => ({
        label: one.label,
        stroke: color(one.color),
        width: 2,
        fill: color(one.color) + '1f',
        points: { show: false },
        ...(one.stepped && uPlot.paths.stepped && { paths: uPlot.paths.stepped({ align: 1 }) }),
      })),
    ],
  };
}

function compact(value: number): string {
  return value >= 1e6 ? value / 1e6 + 'M' : value >= 1e3 ? value / 1e3 + 'k' : String(value);
}
