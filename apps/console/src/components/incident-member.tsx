import type { MonitorView, SloView } from '../api.js';
import { useMoment } from '../clock.js';
import { canaryPlanText, factsOf, leftText, memberState } from '../incident-text.js';
import type { IncidentMember, SuppressionNote } from '../incident-view.js';
import { memberTarget } from '../links.js';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';
import { RunbookLink } from './runbook-link.js';
import { SignalChart } from './signal-chart.js';
import { TimeAgo } from './time-ago.js';

interface MemberProps {
  member: IncidentMember;
  slos: readonly SloView[];
  monitors: readonly MonitorView[];
}

/** The pictogram of a member: what it fires with, or that it does no more. */
export function memberIcon({ phase, condition, severity, suppressed }: IncidentMember): IconName {
  if (phase !== 'firing') {
    return phase === 'pending' ? 'pending' : 'ok';
  }
  if (suppressed !== null) {
    return 'quiet';
  }
  return condition === 'firing' ? severity : condition === 'ok' ? 'ok' : 'no-data';
}

/** Name, state and runbook of a member in one line. */
export function MemberLine({ member, slos, monitors }: MemberProps) {
  const target = memberTarget(member.name, slos, monitors);
  const runbook = member.runbook === '' ? (target.runbook ?? '') : member.runbook;
  return (
    <p class="member-line">
      {target.anchor === null ? <b>{target.label}</b> : <a href={`#${target.anchor}`}>{target.label}</a>}
      <span class="quiet">
        {memberState(member)} for <TimeAgo at={member.since} as="span" />
      </span>
      <RunbookLink address={runbook} subject={target.label} />
    </p>
  );
}

/** Why a member is quiet, and until when. */
export function QuietNote({ suppressed }: { suppressed: SuppressionNote }) {
  const { server } = useMoment();
  return (
    <p class="quiet-note">
      {suppressed.reason} <span class="nowrap">({leftText(suppressed.until, server)})</span>
    </p>
  );
}

/** One rule of an incident with everything it says: sentence, first step, plan, samples, numbers, chart. */
export function MemberDetails({ member, slos, monitors }: MemberProps) {
  const { evidence, suppressed, summary } = member;
  const facts = factsOf(member);
  const plan = canaryPlanText(evidence);
  const advice = [
    ['First', evidence.firstStep],
    ['Way back', plan],
    ['Samples', evidence.sampleSet],
  ].filter(([, text]) => text !== '');
  return (
    <li class={`member is-${member.condition} member-${member.severity} phase-${member.phase}`}>
      <Icon name={memberIcon(member)} />
      <div class="member-details">
        <MemberLine member={member} slos={slos} monitors={monitors} />
        {summary !== '' && <p>{summary}</p>}
        {suppressed !== null && member.phase === 'firing' && <QuietNote suppressed={suppressed} />}
        {advice.length > 0 && (
          <dl class="advice">
            {advice.map(([name, text]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        )}
        {(facts.length > 0 || evidence.chart !== null) && (
          <details class="member-numbers">
            <summary>
              <Icon name="chevron" />
              Numbers
            </summary>
            {evidence.chart !== null && <SignalChart chart={evidence.chart} />}
            <dl class="numbers">
              {facts.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
    </li>
  );
}
