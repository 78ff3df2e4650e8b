import { useState } from 'preact/hooks';
import { sloAnchor } from '../links.js';
import { useReadOften } from '../read-often.js';
import { REFRESH_EVERY_MS } from '../refresh.js';
import type { BudgetView, SloDetail, StripView } from '../slo-detail-view.js';
import { groupTitle } from '../slo-text.js';
import { stripGoal } from '../strip.js';
import { BudgetChart } from './budget-chart.js';
import { BurnTable } from './burn-table.js';
import { CorrectionForm } from './correction-form.js';
import { CorrectionList } from './correction-list.js';
import { DetailPage } from './detail-page.js';
import { GroupTable } from './group-table.js';
import { MinuteStrip } from './minute-strip.js';
import { Answer, Part } from './part.js';
import { PolicyPanel } from './policy-panel.js';
import { SloHead } from './slo-head.js';

/** Slices are added up over weeks: what changes within a minute is not seen. */
const HISTORY_EVERY_MS = 60_000;

/** Everything about one SLO. */
export function SloPage({ name }: { name: string }) {
  const path = `slos/${encodeURIComponent(name)}`;
  const detail = useReadOften<SloDetail & { now: number }>(path, REFRESH_EVERY_MS);
  return (
    <DetailPage
      name={name}
      label={`SLO ${name}`}
      testId="slo-page"
      back={{ href: `#${sloAnchor(name)}`, text: 'All objectives' }}
      readings={detail}
    >
      {(slo) => <Parts key={name} path={path} slo={slo} onChange={detail.again} />}
    </DetailPage>
  );
}

interface PartsProps {
  path: string;
  slo: SloDetail & { now: number };
  onChange: () => void;
}

function Parts({ path, slo, onChange }: PartsProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const group = slo.groups.find((each) => each.group === chosen) ?? slo.groups[0];
  const query = `group=${encodeURIComponent(group?.group ?? '')}`;
  const budget = useReadOften<BudgetView>(`${path}/budget?${query}`, HISTORY_EVERY_MS);
  const strip = useReadOften<StripView>(`${path}/minutes?${query}`, HISTORY_EVERY_MS);
  const changed = (): void => {
    onChange();
    budget.again();
  };
  const of = slo.groupBy.length === 0 || group === undefined ? '' : groupTitle(group.group);
  return (
    <>
      <SloHead slo={slo} group={group} />
      {slo.groupBy.length > 0 && slo.groups.length > 0 && (
        <Part title="Groups" note={`by ${slo.groupBy.join(', ')}, the worst first`}>
          <GroupTable groups={slo.groups} selected={group?.group ?? ''} onSelect={setChosen} />
        </Part>
      )}
      {group !== undefined && group.verdict.tiers.length > 0 && (
        <Part title="Burn rates" note={of}>
          <BurnTable tiers={group.verdict.tiers} budgeting={slo.budgeting} />
        </Part>
      )}
      <Part title="Budget over time" note={of}>
        <Answer readings={budget} what="The budget">
          {(view) => <BudgetChart view={view} />}
        </Answer>
      </Part>
      <Part title="Last 24 hours" note={of}>
        <Answer readings={strip} what="The strip">
          {(view) => (
            <MinuteStrip view={view} goal={stripGoal(slo.target, group?.verdict.tiers)} until={slo.now} />
          )}
        </Answer>
      </Part>
      <div class="pair">
        <Part title="Corrections" note="">
          <CorrectionList corrections={slo.corrections} onChange={changed} />
          <CorrectionForm slo={slo.name} onDone={changed} />
        </Part>
        <Part title="Error budget policy" note="">
          <PolicyPanel gate={slo.gate} />
        </Part>
      </div>
    </>
  );
}
