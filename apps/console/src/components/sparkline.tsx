import type uPlot from 'uplot';
import { useMemo, useState } from 'preact/hooks';
import type { TrendPoint } from '../api.js';
import { formatBurn, formatClock } from '../format.js';
import { trendCeiling, trendSeries } from '../trend.js';
import { token, usePlot } from '../use-plot.js';

const HEIGHT = 48;
const HOUR_S = 3_600;

/** Draws the dashed line at a burn of one, where the budget lasts exactly for the period. */
function drawBudgetLine(plot: uPlot): void {
  const y = Math.round(plot.valToPos(1, 'y', true)) + 0.5;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = token(plot.root, '--spark-guide');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

function optionsFor(width: number, onHover: (index: number | null) => void): uPlot.Options {
  return {
    width,
    height: HEIGHT,
    padding: [3, 0, 1, 0],
    legend: { show: false },
    axes: [{ show: false }, { show: false }],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true, range: (_plot, _min, max) => [max - HOUR_S, max] },
      y: { range: (_plot, _min, max) => [0, trendCeiling(max)] },
    },
    series: [
      {},
      {
        width: 1.5,
        stroke: (plot) => token(plot.root, '--spark-line'),
        fill: (plot) => token(plot.root, '--spark-fill'),
        points: { show: false },
      },
    ],
    hooks: {
      drawAxes: [drawBudgetLine],
      setCursor: [(plot) => onHover(plot.cursor.idx ?? null)],
    },
  };
}

/** The burn of the last hour. The figures below it say the same in words. */
export function Sparkline({
  trend,
  tone,
}: {
  trend: readonly TrendPoint[];
  tone: 'critical' | 'warning' | 'calm';
}) {
  const [hovered, setHovered] = useState<number | null>(null);
  const series = trendSeries(trend);
  const empty = series.peak === null;
  // The tone is among them for its colours alone.
  const data = useMemo<uPlot.AlignedData | null>(
    () => (empty ? null : [series.times, series.burns]),
    [trend, tone, empty],
  );
  const holder = usePlot(HEIGHT, (width) => optionsFor(width, setHovered), data);
  const point = hovered === null ? undefined : trend[hovered];
  const caption =
    point === undefined
      ? `now ${formatBurn(trend.at(-1)?.burn ?? null)}, peak ${formatBurn(series.peak)}`
      : `${formatClock(point.at)}: ${formatBurn(point.burn)}`;
  return (
    <figure class={`spark spark-${tone}`}>
      <figcaption>
        <span>Burn, last hour</span>
        <span>{empty ? 'no events' : caption}</span>
      </figcaption>
      {empty ? <div class="spark-empty" /> : <div class="spark-plot" ref={holder} aria-hidden="true" />}
    </figure>
  );
}
