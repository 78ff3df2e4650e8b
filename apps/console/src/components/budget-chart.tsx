import type uPlot from 'uplot';
import { useMemo, useRef, useState } from 'preact/hooks';
import { budgetAxis, budgetSeries, DEEPEST_PERCENT, describeBudget, tickText } from '../budget-series.js';
import { formatBudget, formatBurn, formatDay, formatHour, formatSpan } from '../format.js';
import type { BudgetView } from '../slo-detail-view.js';
import { token, usePlot } from '../use-plot.js';

const HEIGHT = 220;
const FONT = '12px system-ui, sans-serif';

/** Red below zero, where the budget is overspent, with a sharp edge at zero. */
function byDebt(plot: uPlot, above: string, below: string): CanvasGradient | string {
  const { top, height } = plot.bbox;
  if (height === 0) {
    return above;
  }
  const zero = Math.min(1, Math.max(0, (plot.valToPos(0, 'y', true) - top) / height));
  const colours = plot.ctx.createLinearGradient(0, top, 0, top + height);
  for (const [at, colour] of [
    [0, above],
    [zero, above],
    [zero, below],
    [1, below],
  ] as const) {
    colours.addColorStop(at, colour);
  }
  return colours;
}

/** A colour token with less opacity, as the canvas understands it. */
function faint(colour: string): string {
  return `${colour}29`;
}

function drawZero(plot: uPlot): void {
  const y = Math.round(plot.valToPos(0, 'y', true)) + 0.5;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = token(plot.root, '--line-strong');
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

interface ChartHooks {
  onHover: (index: number | null) => void;
  /** Indices of points that need a dot. */
  isolated: () => number[];
}

function optionsFor(width: number, { onHover, isolated }: ChartHooks): uPlot.Options {
  const axis: uPlot.Axis = {
    font: FONT,
    stroke: (plot) => token(plot.root, '--text-3'),
    ticks: { show: false },
    grid: { stroke: (plot) => token(plot.root, '--line'), width: 1 },
  };
  return {
    width,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true },
      y: { range: (_plot, min) => budgetAxis(min) },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_plot, splits, _axis, _space, step) =>
          splits.map((at) => tickText(at * 1_000, step * 1_000)),
      },
      { ...axis, size: 52, values: (_plot, splits) => splits.map((percent) => `${percent}%`) },
    ],
    series: [
      {},
      {
        width: 1.75,
        stroke: (plot) => byDebt(plot, token(plot.root, '--accent'), token(plot.root, '--critical')),
        fill: (plot) =>
          byDebt(plot, faint(token(plot.root, '--accent')), faint(token(plot.root, '--critical'))),
        fillTo: 0,
        points: { size: 7, filter: () => isolated() },
      },
    ],
    hooks: {
      drawAxes: [drawZero],
      setCursor: [(plot) => onHover(plot.cursor.idx ?? null)],
    },
  };
}

/** What is left of the budget over time. The figure's caption says the same in words. */
export function BudgetChart({ view }: { view: BudgetView }) {
  const [hovered, setHovered] = useState<number | null>(null);
  const series = useMemo(() => budgetSeries(view), [view]);
  const empty = series.lowest === null;
  const data = useMemo<uPlot.AlignedData | null>(
    () => (empty ? null : [series.times, series.percents]),
    [series, empty],
  );
  // The plot outlives the data that it was made for.
  const isolated = useRef(series.isolated);
  isolated.current = series.isolated;
  const hooks: ChartHooks = { onHover: setHovered, isolated: () => isolated.current };
  const holder = usePlot(HEIGHT, (width) => optionsFor(width, hooks), data);
  if (empty) {
    return <p class="note">Nothing was counted in this time.</p>;
  }
  const point = (hovered === null ? undefined : view.points[hovered]) ?? view.points.at(-1);
  return (
    <figure class="budget-chart" data-testid="budget-chart">
      <figcaption>
        {point !== undefined && (
          <>
            <span>
              {formatDay(point.at)} {formatHour(point.at)}
            </span>
            <b>{formatBudget(point.remaining)}</b>
            <span>
              burn {formatBurn(point.burn)} in the {formatSpan(view.stepMs)} before
            </span>
          </>
        )}
        {(series.lowest ?? 0) < DEEPEST_PERCENT && <span>the drawing ends at {DEEPEST_PERCENT}%</span>}
      </figcaption>
      <div class="budget-plot" ref={holder} role="img" aria-label={describeBudget(view)} />
    </figure>
  );
}
