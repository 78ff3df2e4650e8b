import type { SloVerdict } from '../api.js';
import { formatSli, formatSpan, formatTarget } from '../format.js';
import type { SloDetail, SloGroup } from '../slo-detail-view.js';
import { groupTitle, isPassing, sloTitle } from '../slo-text.js';
import { BudgetBar } from './budget-bar.js';
import { Fact } from './fact.js';
import { Icon } from './icon.js';
import { Owner } from './owner.js';
import { RunbookLink } from './runbook-link.js';
import { HealthBadge, SloBadge } from './slo-badge.js';
import { Subject } from './subject.js';
import { TimeAgo } from './time-ago.js';

/** Name, state, sentence, figures and health of an SLO, by one of its groups. */
export function SloHead({ slo, group }: { slo: SloDetail; group: SloGroup | undefined }) {
  const verdict = group?.verdict ?? null;
  const sentence = verdict === null || verdict.sentence === '' ? slo.sentence : verdict.sentence;
  return (
    <header class="panel slo-head">
      <div class="slo-head-line">
        <h2>{sloTitle(slo)}</h2>
        <SloBadge verdict={verdict} evaluable={slo.evaluable} />
        <HealthBadge notes={slo.health} />
        <Meta slo={slo} group={group} />
      </div>
      {slo.description !== '' && <p class="quiet">{slo.description}</p>}
      <p class="slo-sentence" data-testid="slo-sentence">
        {sentence}
      </p>
      {verdict !== null && (
        <p class="quiet">
          {verdict.reason}{' '}
          <span class="nowrap">
            judged <TimeAgo at={verdict.evaluatedAt} />
          </span>
        </p>
      )}
      <Figures slo={slo} verdict={verdict} />
      {slo.health.length > 0 && (
        <ul class="slo-health" aria-label="About this SLO itself">
          {slo.health.map(({ code, message }) => (
            <li key={`${code} ${message}`} class={isPassing(code) ? 'tone-muted' : 'tone-warning'}>
              <Icon name={isPassing(code) ? 'pending' : 'watch'} />
              <span>{message}</span>
            </li>
          ))}
        </ul>
      )}
    </header>
  );
}

function Meta({ slo, group }: { slo: SloDetail; group: SloGroup | undefined }) {
  return (
    <p class="meta">
      <span class="subject">
        <span class="subject-name">name</span> {slo.name}
      </span>
      <Subject service={slo.service} region={slo.region} model={slo.model} />
      <span class="subject">
        <span class="subject-name">window</span> {slo.window}, {slo.budgeting}
      </span>
      {slo.groupBy.length > 0 && group !== undefined && (
        <span class="subject">
          <span class="subject-name">group</span> {groupTitle(group.group)}
        </span>
      )}
      <Owner name={slo.owner} />
      <RunbookLink address={slo.runbook} subject={sloTitle(slo)} />
    </p>
  );
}

function Figures({ slo, verdict }: { slo: SloDetail; verdict: SloVerdict | null }) {
  return (
    <dl class="slo-facts">
      <Fact name={slo.sli === 'latency' ? 'Fast enough' : 'Good'}>
        <b class="figure">{formatSli(verdict?.sliValue ?? null)}</b>
      </Fact>
      <Fact name="Target">
        <span class="figure figure-quiet">{formatTarget(slo.target)}</span>
      </Fact>
      <Fact name="Budget ends at this rate">
        <span class="figure figure-quiet">{exhaustionText(verdict)}</span>
      </Fact>
      <div class="slo-budget">
        <BudgetBar remaining={verdict?.budgetRemaining ?? null} />
      </div>
    </dl>
  );
}

function exhaustionText(verdict: SloVerdict | null): string {
  if (verdict === null || verdict.budgetRemaining === null) {
    return 'unknown';
  }
  if (verdict.budgetRemaining <= 0) {
    return 'spent';
  }
  return verdict.timeToExhaustionMs === null
    ? 'not in this period'
    : `in ${formatSpan(verdict.timeToExhaustionMs)}`;
}
