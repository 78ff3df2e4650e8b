import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import type { MonitorVerdict } from '../api.js';
import { formatCount, formatInterval, formatProbability, formatStatistic } from '../format.js';
import { statisticScale } from '../ordering.js';
import { DistributionPanel } from './distribution-panel.js';
import { IntervalBar } from './interval-bar.js';
import { StateBadge } from './state-badge.js';
import { hasEvidence, VerdictEvidence } from './verdict-evidence.js';

interface VerdictTableProps {
  id: string;
  /** Name of the monitor. */
  name: string;
  /** What the first column is called: `Feature`, `Check`. */
  heading: string;
  /** In the order in which they are shown. */
  verdicts: readonly MonitorVerdict[];
}

// On a phone each row becomes a small card and the cells show these names: the roles keep it a table for readers.
function Cell({ label, text }: { label: string; text: string }) {
  return (
    <td role="cell" class="cell-number" data-label={label}>
      {text}
    </td>
  );
}

interface VerdictRowProps {
  verdict: MonitorVerdict;
  scale: number;
  plotted: boolean;
  onPlot: () => void;
}

function VerdictRow({ verdict, scale, plotted, onPlot }: VerdictRowProps) {
  const { statisticLow: low, statisticHigh: high } = verdict;
  return (
    <tr role="row" class={`feature is-${verdict.state}`}>
      <th role="rowheader" scope="row">
        {verdict.plot === null ? (
          <span class="feature-name">{verdict.title}</span>
        ) : (
          <button
            type="button"
            class="feature-name feature-plot"
            aria-expanded={plotted}
            title="Show the distribution in the window beside the baseline"
            onClick={onPlot}
          >
            {verdict.title}
          </button>
        )}
      </th>
      <td role="cell" class="cell-state">
        <StateBadge state={verdict.state} />
      </td>
      <td role="cell" class="cell-statistic" title={`${verdict.effectName}, on an axis to ${scale}`}>
        <IntervalBar verdict={verdict} scale={scale} />
        <span class="statistic">
          {verdict.statistic === null ? (
            <span class="quiet">not computed</span>
          ) : (
            <b>{formatStatistic(verdict.statistic)}</b>
          )}
          {low !== null && <span class="quiet">{formatInterval(low, high)}</span>}
          {verdict.statistic !== null && <span class="statistic-method">{verdict.method}</span>}
        </span>
      </td>
      <Cell label="p" text={formatProbability(verdict.pAdjusted ?? verdict.pValue)} />
      <Cell label="α" text={formatProbability(verdict.alpha === 0 ? null : verdict.alpha)} />
      <Cell label="n" text={formatCount(verdict.n)} />
      <Cell label="m" text={formatCount(verdict.m)} />
      <td role="cell" class="cell-baseline" data-label="Baseline">
        {verdict.baselineVersion > 0 ? `${verdict.baseline} v${verdict.baselineVersion}` : verdict.baseline}
        {verdict.revised && (
          <span class="quiet" title="Late data changed this verdict after it was first given">
            {' '}
            revised
          </span>
        )}
      </td>
    </tr>
  );
}

/** The sentence of a verdict that somebody may have to act on, across the whole table. */
function ReasonRow({ verdict }: { verdict: MonitorVerdict }) {
  return (
    <tr role="row" class="feature-reason">
      <td role="cell" colSpan={COLUMNS.length}>
        {verdict.reason}
      </td>
    </tr>
  );
}

const COLUMNS: readonly { name: string; group: string; meaning: string }[] = [
  { name: '', group: 'feature', meaning: '' },
  { name: 'State', group: 'state', meaning: '' },
  {
    name: 'Effect, 95% interval',
    group: 'statistic',
    meaning: 'How large the difference is. The tick is the smallest effect that matters.',
  },
  {
    name: 'p',
    group: 'probability',
    meaning: 'Probability of an effect this large if nothing had changed, corrected for all tests of the run',
  },
  { name: 'α', group: 'probability', meaning: 'What the false-alarm budget allows p to be' },
  { name: 'n', group: 'count', meaning: 'Values in the current window' },
  { name: 'm', group: 'count', meaning: 'Values in the baseline' },
  { name: 'Baseline', group: 'baseline', meaning: '' },
];

/** The last verdicts of a monitor. A name opens the distribution behind it. */
export function VerdictTable({ id, name, heading, verdicts }: VerdictTableProps) {
  const [plotted, setPlotted] = useState<string | null>(null);
  return (
    <table role="table" class="features" id={id}>
      <caption class="visually-hidden">Last verdicts of {name}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map((column) => (
            <th
              key={column.group}
              role="columnheader"
              scope="col"
              class={`col-${column.group}${['probability', 'count'].includes(column.group) ? ' cell-number' : ''}`}
              title={column.meaning === '' ? undefined : column.meaning}
            >
              {column.group === 'feature' ? heading : column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {verdicts.map((verdict) => (
          <Fragment key={verdict.subject}>
            <VerdictRow
              verdict={verdict}
              scale={statisticScale(verdicts, verdict.effectName)}
              plotted={plotted === verdict.subject}
              onPlot={() => setPlotted(plotted === verdict.subject ? null : verdict.subject)}
            />
            {verdict.state !== 'ok' && verdict.reason !== '' && <ReasonRow verdict={verdict} />}
            {hasEvidence(verdict) && (
              <tr role="row" class="feature-reason">
                <td role="cell" colSpan={COLUMNS.length}>
                  <VerdictEvidence verdict={verdict} />
                </td>
              </tr>
            )}
            {plotted === verdict.subject && verdict.plot !== null && (
              <tr role="row" class="feature-reason">
                <td role="cell" colSpan={COLUMNS.length}>
                  <DistributionPanel monitor={name} plot={verdict.plot} />
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}
