import type { Budgeting, TierVerdict } from '../api.js';
import { formatBurn, formatWindow } from '../format.js';
import { badText, budgetUnit } from '../slo-text.js';
import { Badge } from './badge.js';
import { ColumnHead, NumberCell } from './table-cells.js';

interface BurnTableProps {
  tiers: readonly TierVerdict[];
  budgeting: Budgeting;
}

/** The burn of all windows by tier, with what each tier takes to fire. */
export function BurnTable({ tiers, budgeting }: BurnTableProps) {
  return (
    <table role="table" class="rows">
      <caption class="visually-hidden">Burn rate by tier, over its long and its short window</caption>
      <thead role="rowgroup">
        <tr role="row">
          <ColumnHead name="Tier" />
          <ColumnHead name="State" />
          <ColumnHead name="Long window" number />
          <ColumnHead name="Short window" number />
          <ColumnHead name="Limit" number title="Burn rate from which the tier fires, in both windows" />
          <ColumnHead name={badName(budgeting)} number />
        </tr>
      </thead>
      <tbody role="rowgroup">
        {tiers.map((tier) => (
          <BurnRow key={tier.name} tier={tier} budgeting={budgeting} />
        ))}
      </tbody>
    </table>
  );
}

function badName(budgeting: Budgeting): string {
  return `Bad ${budgetUnit(budgeting)}s`;
}

function BurnRow({ tier, budgeting }: { tier: TierVerdict; budgeting: Budgeting }) {
  return (
    <tr role="row" class={`is-${tier.state}`}>
      <th role="rowheader" scope="row">
        {tier.name} <span class="quiet">{tier.severity}</span>
      </th>
      <td role="cell" class="cell-state">
        <TierBadge tier={tier} />
      </td>
      <BurnCell name="Long window" burn={tier.longBurn} windowMs={tier.longMs} limit={tier.threshold} />
      <BurnCell name="Short window" burn={tier.shortBurn} windowMs={tier.shortMs} limit={tier.threshold} />
      <NumberCell name="Limit">{formatBurn(tier.threshold)}</NumberCell>
      <NumberCell name={badName(budgeting)}>
        {badText(tier)}
        {tier.coverage < 0.9 && <span class="fact-note">{Math.floor(tier.coverage * 100)} % counted</span>}
      </NumberCell>
    </tr>
  );
}

function BurnCell(props: { name: string; burn: number | null; windowMs: number; limit: number }) {
  const { name, burn, windowMs, limit } = props;
  return (
    <NumberCell name={name}>
      <b class={burn !== null && burn >= limit ? 'is-over' : undefined}>{formatBurn(burn)}</b>{' '}
      <span class="quiet">{formatWindow(windowMs)}</span>
    </NumberCell>
  );
}

function TierBadge({ tier }: { tier: TierVerdict }) {
  switch (tier.state) {
    case 'firing':
      return (
        <Badge tone={tier.severity === 'page' ? 'critical' : 'warning'} icon={tier.severity} label="Fires" />
      );
    case 'ok':
      return <Badge tone="ok" icon="ok" label="OK" />;
    case 'frozen':
      return <Badge tone="muted" icon="no-data" label="No data" />;
  }
}
