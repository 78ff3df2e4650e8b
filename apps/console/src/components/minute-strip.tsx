import { formatDay, formatHour } from '../format.js';
import type { StripView } from '../slo-detail-view.js';
import { badStretches, stretchText, stripColumns, stripSummary } from '../strip.js';
import type { SliceLevel, StripGoal } from '../strip.js';

const DAY_MS = 86_400_000;
/** One column for five minutes: still visible on a phone. */
const COLUMNS = 288;
const LISTED = 5;
const MARKS = [0, 6, 12, 18, 24];
/** Height by level, so that the strip can be read without its colours. */
const HEIGHTS: Readonly<Record<SliceLevel, number>> = { none: 0, good: 0.3, some: 0.45, bad: 0.75, heavy: 1 };
const LEGEND: readonly (readonly [SliceLevel, string])[] = [
  ['good', 'nothing bad'],
  ['some', 'within the target'],
  ['bad', 'over it'],
  ['heavy', 'as bad as pages'],
];

interface MinuteStripProps {
  view: StripView;
  goal: StripGoal;
  /** End of the day that is shown, ms since epoch. */
  until: number;
}

/** The last 24 hours as columns, each as bad as its worst minute, and the worst stretches in words. */
export function MinuteStrip({ view, goal, until }: MinuteStripProps) {
  if (view.slices.length === 0) {
    return <p class="note">Nothing was counted in the last 24 hours.</p>;
  }
  const range = { from: until - DAY_MS, to: until };
  const summary = stripSummary(view, goal);
  const stretches = badStretches(view, goal);
  return (
    <figure class="strip" data-testid="minute-strip">
      <figcaption>
        <b>{summary}</b>
        {LEGEND.map(([level, words]) => (
          <span key={level} class={`legend legend-${level}`}>
            {words}
          </span>
        ))}
      </figcaption>
      <svg
        class="strip-plot"
        viewBox={`0 0 ${COLUMNS} 1`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`The last 24 hours: ${summary}`}
      >
        {stripColumns(view, goal, range, COLUMNS).map(
          ({ level, from }, index) =>
            level !== 'none' && (
              <rect
                key={from}
                class={`strip-${level}`}
                x={index + 0.08}
                width="0.84"
                y={1 - HEIGHTS[level]}
                height={HEIGHTS[level]}
              />
            ),
        )}
      </svg>
      <p class="strip-marks" aria-hidden="true">
        {MARKS.map((hours) => (
          <span key={hours}>{formatHour(range.from + hours * 3_600_000)}</span>
        ))}
      </p>
      {stretches.length > 0 && (
        <ol class="strip-stretches" aria-label="Worst stretches">
          {stretches.slice(0, LISTED).map((stretch) => (
            <li key={stretch.from}>
              <span class="nowrap">
                {formatDay(stretch.from)} {formatHour(stretch.from)}
              </span>
              <span>{stretchText(stretch, goal)}</span>
            </li>
          ))}
          {stretches.length > LISTED && <li class="quiet">and {stretches.length - LISTED} more</li>}
        </ol>
      )}
    </figure>
  );
}
