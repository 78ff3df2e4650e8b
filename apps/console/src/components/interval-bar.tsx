import type { MonitorVerdict } from '../api.js';

/**
 * The effect as a dot, its interval as a bar and the smallest effect that matters as a tick, on an axis from zero
 * to `scale`. Without a statistic only the empty axis is drawn; an interval without an upper end reaches the axis's.
 */
export function IntervalBar({ verdict, scale }: { verdict: MonitorVerdict; scale: number }) {
  const { statistic, statisticLow, statisticHigh, minimumEffect } = verdict;
  const place = (value: number): string => `${(Math.min(1, Math.max(0, value / scale)) * 100).toFixed(2)}%`;
  const low = statisticLow ?? statistic;
  const high = statisticHigh ?? (statisticLow === null ? statistic : scale);
  return (
    <svg class={`interval${statistic === null ? ' is-empty' : ''}`} aria-hidden="true" focusable="false">
      <line class="interval-axis" x1="0" x2="100%" y1="50%" y2="50%" />
      <line class="interval-effect" x1={place(minimumEffect)} x2={place(minimumEffect)} y1="15%" y2="85%" />
      {low !== null && high !== null && (
        <rect
          class="interval-range"
          x={place(low)}
          y="50%"
          // Below zero is better than before: the axis begins at no effect.
          width={place(Math.max(0, high) - Math.max(0, low))}
          height="6"
          rx="3"
        />
      )}
      {statistic !== null && <circle class="interval-dot" cx={place(statistic)} cy="50%" r="4" />}
    </svg>
  );
}
