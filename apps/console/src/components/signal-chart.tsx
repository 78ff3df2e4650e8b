import { formatHour, formatStatistic } from '../format.js';
import type { SignalChart as Chart } from '../incident-view.js';
import { chartPath } from '../signal-path.js';

/** The measure behind a rule over time, and the line it must not cross. The figures beside it say the same in words. */
export function SignalChart({ chart }: { chart: Chart }) {
  const { title, unit, points, threshold } = chart;
  const drawn = chartPath(points, threshold);
  if (drawn === null) {
    return null;
  }
  const last = points.at(-1);
  const value = (number: number): string => `${formatStatistic(number)}${unit === '' ? '' : ` ${unit}`}`;
  return (
    <figure class="signal-chart">
      <figcaption>
        <span>{title}</span>
        <span>
          {last !== undefined && <>now {value(last[1])}</>}
          {threshold !== null && <>, limit {value(threshold)}</>}
        </span>
      </figcaption>
      <svg viewBox="0 0 240 48" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        {drawn.limit !== null && <path class="chart-limit" d={`M0 ${drawn.limit}H240`} />}
        <path class="chart-line" d={drawn.line} />
      </svg>
      <p class="strip-marks">
        <span>{formatHour(points[0]?.[0] ?? 0)}</span>
        <span>{formatHour(last?.[0] ?? 0)}</span>
      </p>
    </figure>
  );
}
