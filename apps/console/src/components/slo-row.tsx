import type { SloView } from '../api.js';
import { formatSli, formatSpan, formatTarget, formatWindow } from '../format.js';
import { sloAnchor } from '../links.js';
import { isPaging } from '../overall.js';
import { BudgetBar } from './budget-bar.js';
import { Icon } from './icon.js';
import { Owner } from './owner.js';
import { RunbookLink } from './runbook-link.js';
import { SloBadge } from './slo-badge.js';
import { Sparkline } from './sparkline.js';
import { Subject } from './subject.js';
import { TierStrip } from './tier-strip.js';
import { TimeAgo } from './time-ago.js';

/** One SLO: state, objective, budget, the last hour, and the burn of each tier. */
export function SloRow({ slo }: { slo: SloView }) {
  const { verdict } = slo;
  const title = slo.displayName === '' ? slo.name : slo.displayName;
  const tone = verdict?.state === 'breach' ? (isPaging(slo) ? 'critical' : 'warning') : 'calm';
  const exhaustion = verdict?.timeToExhaustionMs ?? null;
  return (
    <li class={`slo is-${tone}`} id={sloAnchor(slo.name)} data-testid={`slo-${slo.name}`} tabIndex={-1}>
      <div class="slo-name">
        <h3 title={slo.description === '' ? undefined : slo.description}>{title}</h3>
        <SloBadge slo={slo} />
        <p class="meta">
          <Subject service={slo.service} region={slo.region} model={slo.model} />
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
          <dt>Target, {formatWindow(slo.periodMs)}</dt>
          <dd class="figure figure-quiet">{formatTarget(slo.target)}</dd>
        </div>
      </dl>
      <div class="slo-budget">
        <BudgetBar remaining={verdict?.budgetRemaining ?? null} />
        {exhaustion !== null && verdict?.state === 'breach' && (verdict.budgetRemaining ?? 0) > 0 && (
          <p class="quiet">gone in {formatSpan(exhaustion)} at this rate</p>
        )}
      </div>
      <Sparkline trend={slo.trend} tone={tone} />
      {verdict !== null && (
        <details class="slo-detail" open={verdict.state === 'breach'}>
          <summary>
            <Icon name="chevron" />
            <span>
              {verdict.reason}{' '}
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
