import { useState } from 'preact/hooks';
import { formatBudget, formatBurn, formatSli } from '../format.js';
import type { SloGroup } from '../slo-detail-view.js';
import { groupTitle, presentBurn } from '../slo-text.js';
import { SloBadge } from './slo-badge.js';
import { ColumnHead, NumberCell } from './table-cells.js';

const SHOWN_AT_FIRST = 10;

interface GroupTableProps {
  /** In the order in which they are shown. */
  groups: readonly SloGroup[];
  /** The one that the rest of the page shows. */
  selected: string;
  onSelect: (group: string) => void;
}

/** The groups of an SLO. A name makes the page show that group. */
export function GroupTable({ groups, selected, onSelect }: GroupTableProps) {
  const [expanded, setExpanded] = useState(false);
  const shown = expanded ? groups : groups.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <table role="table" class="rows rows-groups" data-testid="slo-groups">
        <caption class="visually-hidden">Groups, the worst first</caption>
        <thead role="rowgroup">
          <tr role="row">
            <ColumnHead name="Group" />
            <ColumnHead name="State" />
            <ColumnHead name="Good" number />
            <ColumnHead name="Budget" number />
            <ColumnHead name="Burn" number />
          </tr>
        </thead>
        <tbody role="rowgroup">
          {shown.map(({ group, verdict }) => (
            <GroupRow
              key={group}
              group={{ group, verdict }}
              selected={group === selected}
              onSelect={() => onSelect(group)}
            />
          ))}
        </tbody>
      </table>
      {groups.length > SHOWN_AT_FIRST && (
        <p class="list-foot">
          <span>
            showing {shown.length} of {groups.length} groups
          </span>
          <button
            type="button"
            class="button"
            aria-expanded={expanded}
            onClick={() => setExpanded(!expanded)}
          >
            {expanded ? 'Show fewer' : 'Show all'}
          </button>
        </p>
      )}
    </>
  );
}

function GroupRow(props: { group: SloGroup; selected: boolean; onSelect: () => void }) {
  const { group, verdict } = props.group;
  return (
    <tr role="row" class={props.selected ? 'is-selected' : undefined}>
      <th role="rowheader" scope="row">
        <button
          type="button"
          class="feature-plot"
          aria-pressed={props.selected}
          title="Show this group on the page"
          onClick={props.onSelect}
        >
          {groupTitle(group)}
        </button>
      </th>
      <td role="cell" class="cell-state">
        <SloBadge verdict={verdict} />
      </td>
      <NumberCell name="Good">{formatSli(verdict.sliValue)}</NumberCell>
      <NumberCell name="Budget">{formatBudget(verdict.budgetRemaining)}</NumberCell>
      <NumberCell name="Burn">{formatBurn(presentBurn(verdict.tiers))}</NumberCell>
    </tr>
  );
}
