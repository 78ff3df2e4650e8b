import { Fragment } from 'preact';
import type { DriftVerdict } from '../api.js';
import { formatCount, formatProbability, formatStatistic } from '../format.js';
import { DriftBadge } from './drift-badge.js';
import { IntervalBar } from './interval-bar.js';

interface FeatureTableProps {
  id: string;
  name: string;
  features: readonly DriftVerdict[];
  /** Right end of the axis that all bars of the table share. */
  scale: number;
}

// On a phone each row becomes a small card and the cells show these names: the roles keep it a table for readers.
function Cell({ label, text }: { label: string; text: string }) {
  return (
    <td role="cell" class="cell-number" data-label={label}>
      {text}
    </td>
  );
}

function FeatureRow({ verdict, scale }: { verdict: DriftVerdict; scale: number }) {
  const { statisticLow: low, statisticHigh: high } = verdict;
  return (
    <tr role="row" class={`feature is-${verdict.state}`}>
      <th role="rowheader" scope="row">
        <span class="feature-name">{verdict.feature}</span>
      </th>
      <td role="cell" class="cell-state">
        <DriftBadge state={verdict.state} />
      </td>
      <td role="cell" class="cell-statistic">
        <IntervalBar verdict={verdict} scale={scale} />
        <span class="statistic">
          {verdict.statistic === null ? (
            <span class="quiet">not computed</span>
          ) : (
            <b>{formatStatistic(verdict.statistic)}</b>
          )}
          {low !== null && high !== null && (
            <span class="quiet">
              {formatStatistic(low)} to {formatStatistic(high)}
            </span>
          )}
          {verdict.statistic !== null && <span class="statistic-method">{verdict.method}</span>}
        </span>
      </td>
      <Cell label="p" text={formatProbability(verdict.pValue)} />
      <Cell label="α" text={formatProbability(verdict.alpha === 0 ? null : verdict.alpha)} />
      <Cell label="n" text={formatCount(verdict.n)} />
      <Cell label="m" text={formatCount(verdict.m)} />
      <td role="cell" class="cell-baseline" data-label="Baseline">
        {verdict.baselineVersion > 0 ? `${verdict.baseline} v${verdict.baselineVersion}` : verdict.baseline}
      </td>
    </tr>
  );
}

/** The sentence of a verdict that somebody may have to act on, across the whole table. */
function ReasonRow({ verdict }: { verdict: DriftVerdict }) {
  return (
    <tr role="row" class="feature-reason">
      <td role="cell" colSpan={COLUMNS.length}>
        {verdict.reason}
      </td>
    </tr>
  );
}

const COLUMNS: readonly { name: string; group: string; meaning: string }[] = [
  { name: 'Feature', group: 'feature', meaning: '' },
  { name: 'State', group: 'state', meaning: '' },
  {
    name: 'Distance D, 95% interval',
    group: 'statistic',
    meaning:
      'Largest distance between the two distribution functions. The tick is the smallest distance that matters.',
  },
  { name: 'p', group: 'probability', meaning: 'Probability of a distance this large without any drift' },
  { name: 'α', group: 'probability', meaning: 'The p-value below which a feature counts as different' },
  { name: 'n', group: 'count', meaning: 'Values in the current window' },
  { name: 'm', group: 'count', meaning: 'Values in the baseline' },
  { name: 'Baseline', group: 'baseline', meaning: '' },
];

/** The last verdict of each feature, in the order given. */
export function FeatureTable({ id, name, features, scale }: FeatureTableProps) {
  return (
    <table role="table" class="features" id={id}>
      <caption class="visually-hidden">Last verdicts of {name}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map((column) => (
            <th
              key={column.name}
              role="columnheader"
              scope="col"
              class={`col-${column.group}${['probability', 'count'].includes(column.group) ? ' cell-number' : ''}`}
              title={column.meaning === '' ? undefined : column.meaning}
            >
              {column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {features.map((verdict) => (
          <Fragment key={verdict.feature}>
            <FeatureRow verdict={verdict} scale={scale} />
            {verdict.state !== 'ok' && verdict.reason !== '' && <ReasonRow verdict={verdict} />}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}
