import type { SloView } from '../api.js';
import { formatSli, formatTarget } from '../format.js';
import { sloAnchor, sloHref } from '../links.js';
import { isPaging } from '../overall.js';
import { groupTitle, sloTitle } from '../slo-text.js';
import { BudgetBar } from './budget-bar.js';
import { Icon } from './icon.js';
import { Owner } from './owner.js';
import { RunbookLink } from './runbook-link.js';
import { HealthBadge, SloBadge } from './slo-badge.js';
import { Sparkline } from './sparkline.js';
import { Subject } from './subject.js';
import { TierStrip } from './tier-strip.js';
import { TimeAgo } from './time-ago.js';

/** One SLO: state, objective, budget, the last hour, its sentence, and the burn of each tier. */
export function SloRow({ slo }: { slo: SloView }) {
  const { verdict } = slo;
  const title = sloTitle(slo);
  const tone = verdict?.state === 'breach' ? (isPaging(slo) ? 'critical' : 'warning') : 'calm';
  return (
    <li class={`slo is-${tone}`} id={sloAnchor(slo.name)} data-testid={`slo-${slo.name}`} tabIndex={-1}>
      <div class="slo-name">
        <h3 title={slo.description === '' ? undefined : slo.description}>
          <a href={sloHref(slo.name)}>{title}</a>
        </h3>
        <SloBadge verdict={verdict} evaluable={slo.evaluable} />
        <HealthBadge notes={slo.health} />
        <p class="meta">
          <Subject service={slo.service} region={slo.region} model={slo.model} />
          <Groups slo={slo} />
          <Owner name={slo.owner} />
          <RunbookLink address={slo.runbook} subject={title} />
        </p>
      </div>
      <dl class="slo-objective">
        <div>
          <dt>{slo.sli === 'latency' ? 'Fast enough' : 'Good'}</dt>
          <dd class="figure">{formatSli(verdict?.sliValue ?? null)}</dd>
        </div>
        <div>
          <dt title={slo.window}>Target, {slo.window.replace(/ from .*/, '')}</dt>
          <dd class="figure figure-quiet">{formatTarget(slo.target)}</dd>
        </div>
      </dl>
      <div class="slo-budget">
        <BudgetBar remaining={verdict?.budgetRemaining ?? null} />
      </div>
      <Sparkline trend={slo.trend} tone={tone} />
      {verdict === null ? (
        <p class="slo-sentence">{slo.sentence}</p>
      ) : (
        <details class="slo-detail" open={verdict.state === 'breach'}>
          <summary>
            <Icon name="chevron" />
            <span>
              {slo.sentence === '' ? verdict.reason : slo.sentence}{' '}
              <span class="quiet nowrap">
                judged <TimeAgo at={verdict.evaluatedAt} />
              </span>
            </span>
          </summary>
          <TierStrip tiers={verdict.tiers} />
        </details>
      )}
    </li>
  );
}

/** How many groups are judged, and which of them the row shows. */
function Groups({ slo: { groups, verdict } }: { slo: SloView }) {
  if (groups < 2) {
    return null;
  }
  return (
    <span class="subject">
      <span class="subject-name">worst of {groups} groups</span> {groupTitle(verdict?.group ?? '')}
    </span>
  );
}
